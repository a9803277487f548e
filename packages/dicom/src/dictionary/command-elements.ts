/** PS3.7 Tables E.1-1 and E.2-1 (retired), in the form of `parseEntryLine`. */
export const commandElements = `00000000|UL|||CommandGroupLength|
00000001|UL||R|CommandLengthToEnd|
00000002|UI|||AffectedSOPClassUID|
00000003|UI|||RequestedSOPClassUID|
00000010|SH||R|CommandRecognitionCode|
00000100|US|||CommandField|
00000110|US|||MessageID|
00000120|US|||MessageIDBeingRespondedTo|Message ID Being Responded To
00000200|AE||R|Initiator|
00000300|AE||R|Receiver|
00000400|AE||R|FindLocation|
00000600|AE|||MoveDestination|
00000700|US|||Priority|
00000800|US|||CommandDataSetType|
00000850|US||R|NumberOfMatches|Number of Matches
00000860|US||R|ResponseSequenceNumber|
00000900|US|||Status|
00000901|AT|1-n||OffendingElement|
00000902|LO|||ErrorComment|
00000903|US|||ErrorID|
00001000|UI|||AffectedSOPInstanceUID|
00001001|UI|||RequestedSOPInstanceUID|
00001002|US|||EventTypeID|
00001005|AT|1-n||AttributeIdentifierList|
00001008|US|||ActionTypeID|
00001020|US|||NumberOfRemainingSuboperations|Number of Remaining Sub-operations
00001021|US|||NumberOfCompletedSuboperations|Number of Completed Sub-operations
00001022|US|||NumberOfFailedSuboperations|Number of Failed Sub-operations
00001023|US|||NumberOfWarningSuboperations|Number of Warning Sub-operations
00001030|AE|||MoveOriginatorApplicationEntityTitle|
00001031|US|||MoveOriginatorMessageID|
00004000|LT||R|DialogReceiver|
00004010|LT||R|TerminalType|
00005010|SH||R|MessageSetID|
00005020|SH||R|EndMessageID|
00005110|LT||R|DisplayFormat|
00005120|LT||R|PagePositionID|
00005130|CS||R|TextFormatID|
00005140|CS||R|NormalReverse|Normal/Reverse
00005150|CS||R|AddGrayScale|
00005160|CS||R|Borders|
00005170|IS||R|Copies|
00005180|CS||R|CommandMagnificationType|
00005190|CS||R|Erase|
000051a0|CS||R|Print|
000051b0|US|1-n|R|Overlays|`
