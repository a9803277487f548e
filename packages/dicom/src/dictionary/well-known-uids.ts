/** Storage SOP classes that PS3.6 Table A-1 lists as retired: UID, bar, name. */
export const retiredStorageSopClasses = `1.2.840.10008.5.1.1.29|Hardcopy Grayscale Image Storage
1.2.840.10008.5.1.1.30|Hardcopy Color Image Storage
1.2.840.10008.5.1.4.1.1.3|Ultrasound Multi-frame Image Storage (Retired)
1.2.840.10008.5.1.4.1.1.5|Nuclear Medicine Image Storage (Retired)
1.2.840.10008.5.1.4.1.1.6|Ultrasound Image Storage (Retired)
1.2.840.10008.5.1.4.1.1.8|Standalone Overlay Storage
1.2.840.10008.5.1.4.1.1.9|Standalone Curve Storage
1.2.840.10008.5.1.4.1.1.9.1|Waveform Storage - Trial
1.2.840.10008.5.1.4.1.1.10|Standalone Modality LUT Storage
1.2.840.10008.5.1.4.1.1.11|Standalone VOI LUT Storage
1.2.840.10008.5.1.4.1.1.12.3|X-Ray Angiographic Bi-Plane Image Storage
1.2.840.10008.5.1.4.1.1.77.1|VL Image Storage - Trial
1.2.840.10008.5.1.4.1.1.77.2|VL Multi-frame Image Storage - Trial
1.2.840.10008.5.1.4.1.1.88.1|Text SR Storage - Trial
1.2.840.10008.5.1.4.1.1.88.2|Audio SR Storage - Trial
1.2.840.10008.5.1.4.1.1.88.3|Detail SR Storage - Trial
1.2.840.10008.5.1.4.1.1.88.4|Comprehensive SR Storage - Trial
1.2.840.10008.5.1.4.1.1.129|Standalone PET Curve Storage
1.2.840.10008.5.1.4.34.1|RT Beams Delivery Instruction Storage - Trial`

/** Other UIDs of PS3.6 Table A-1 that a server meets: UID, bar, name. */
export const otherUids = `1.2.840.10008.1.1|Verification SOP Class
1.2.840.10008.1.3.10|Media Storage Directory Storage
1.2.840.10008.1.4.1.1|Talairach Brain Atlas Frame of Reference
1.2.840.10008.1.5.1|Hot Iron Color Palette SOP Instance
1.2.840.10008.1.5.2|PET Color Palette SOP Instance
1.2.840.10008.1.5.3|Hot Metal Blue Color Palette SOP Instance
1.2.840.10008.1.5.4|PET 20 Step Color Palette SOP Instance
1.2.840.10008.1.9|Basic Study Content Notification SOP Class
1.2.840.10008.1.20.1|Storage Commitment Push Model SOP Class
1.2.840.10008.1.20.1.1|Storage Commitment Push Model SOP Instance
1.2.840.10008.1.20.2|Storage Commitment Pull Model SOP Class
1.2.840.10008.1.20.2.1|Storage Commitment Pull Model SOP Instance
1.2.840.10008.1.40|Procedural Event Logging SOP Class
1.2.840.10008.1.40.1|Procedural Event Logging SOP Instance
1.2.840.10008.1.42|Substance Administration Logging SOP Class
1.2.840.10008.1.42.1|Substance Administration Logging SOP Instance
1.2.840.10008.2.6.1|DICOM UID Registry
1.2.840.10008.2.16.4|DICOM Controlled Terminology
1.2.840.10008.3.1.1.1|DICOM Application Context Name
1.2.840.10008.3.1.2.1.1|Detached Patient Management SOP Class
1.2.840.10008.3.1.2.1.4|Detached Patient Management Meta SOP Class
1.2.840.10008.3.1.2.2.1|Detached Visit Management SOP Class
1.2.840.10008.3.1.2.3.1|Detached Study Management SOP Class
1.2.840.10008.3.1.2.3.2|Study Component Management SOP Class
1.2.840.10008.3.1.2.3.3|Modality Performed Procedure Step SOP Class
1.2.840.10008.3.1.2.3.4|Modality Performed Procedure Step Retrieve SOP Class
1.2.840.10008.3.1.2.3.5|Modality Performed Procedure Step Notification SOP Class
1.2.840.10008.3.1.2.5.1|Detached Results Management SOP Class
1.2.840.10008.3.1.2.5.4|Detached Results Management Meta SOP Class
1.2.840.10008.3.1.2.5.5|Detached Study Management Meta SOP Class
1.2.840.10008.3.1.2.6.1|Detached Interpretation Management SOP Class
1.2.840.10008.4.2|Storage Service Class
1.2.840.10008.5.1.1.1|Basic Film Session SOP Class
1.2.840.10008.5.1.1.2|Basic Film Box SOP Class
1.2.840.10008.5.1.1.4|Basic Grayscale Image Box SOP Class
1.2.840.10008.5.1.1.4.1|Basic Color Image Box SOP Class
1.2.840.10008.5.1.1.4.2|Referenced Image Box SOP Class
1.2.840.10008.5.1.1.9|Basic Grayscale Print Management Meta SOP Class
1.2.840.10008.5.1.1.9.1|Referenced Grayscale Print Management Meta SOP Class
1.2.840.10008.5.1.1.14|Print Job SOP Class
1.2.840.10008.5.1.1.15|Basic Annotation Box SOP Class
1.2.840.10008.5.1.1.16|Printer SOP Class
1.2.840.10008.5.1.1.16.376|Printer Configuration Retrieval SOP Class
1.2.840.10008.5.1.1.17|Printer SOP Instance
1.2.840.10008.5.1.1.17.376|Printer Configuration Retrieval SOP Instance
1.2.840.10008.5.1.1.18|Basic Color Print Management Meta SOP Class
1.2.840.10008.5.1.1.18.1|Referenced Color Print Management Meta SOP Class
1.2.840.10008.5.1.1.22|VOI LUT Box SOP Class
1.2.840.10008.5.1.1.23|Presentation LUT SOP Class
1.2.840.10008.5.1.1.24|Image Overlay Box SOP Class
1.2.840.10008.5.1.1.24.1|Basic Print Image Overlay Box SOP Class
1.2.840.10008.5.1.1.25|Print Queue SOP Instance
1.2.840.10008.5.1.1.26|Print Queue Management SOP Class
1.2.840.10008.5.1.1.27|Stored Print Storage SOP Class
1.2.840.10008.5.1.1.31|Pull Print Request SOP Class
1.2.840.10008.5.1.1.32|Pull Stored Print Management Meta SOP Class
1.2.840.10008.5.1.1.33|Media Creation Management SOP Class
1.2.840.10008.5.1.1.40|Display System SOP Class
1.2.840.10008.5.1.1.40.1|Display System SOP Instance
1.2.840.10008.5.1.4.1.2.1.1|Patient Root Query/Retrieve Information Model - FIND
1.2.840.10008.5.1.4.1.2.1.2|Patient Root Query/Retrieve Information Model - MOVE
1.2.840.10008.5.1.4.1.2.1.3|Patient Root Query/Retrieve Information Model - GET
1.2.840.10008.5.1.4.1.2.2.1|Study Root Query/Retrieve Information Model - FIND
1.2.840.10008.5.1.4.1.2.2.2|Study Root Query/Retrieve Information Model - MOVE
1.2.840.10008.5.1.4.1.2.2.3|Study Root Query/Retrieve Information Model - GET
1.2.840.10008.5.1.4.1.2.3.1|Patient/Study Only Query/Retrieve Information Model - FIND
1.2.840.10008.5.1.4.1.2.3.2|Patient/Study Only Query/Retrieve Information Model - MOVE
1.2.840.10008.5.1.4.1.2.3.3|Patient/Study Only Query/Retrieve Information Model - GET
1.2.840.10008.5.1.4.1.2.4.2|Composite Instance Root Retrieve - MOVE
1.2.840.10008.5.1.4.1.2.4.3|Composite Instance Root Retrieve - GET
1.2.840.10008.5.1.4.1.2.5.3|Composite Instance Retrieve Without Bulk Data - GET
1.2.840.10008.5.1.4.20.1|Defined Procedure Protocol Information Model - FIND
1.2.840.10008.5.1.4.20.2|Defined Procedure Protocol Information Model - MOVE
1.2.840.10008.5.1.4.20.3|Defined Procedure Protocol Information Model - GET
1.2.840.10008.5.1.4.31|Modality Worklist Information Model - FIND
1.2.840.10008.5.1.4.32|General Purpose Worklist Management Meta SOP Class
1.2.840.10008.5.1.4.32.1|General Purpose Worklist Information Model - FIND
1.2.840.10008.5.1.4.32.2|General Purpose Scheduled Procedure Step SOP Class
1.2.840.10008.5.1.4.32.3|General Purpose Performed Procedure Step SOP Class
1.2.840.10008.5.1.4.33|Instance Availability Notification SOP Class
1.2.840.10008.5.1.4.34.5|Unified Worklist and Procedure Step Service Class
1.2.840.10008.5.1.4.34.5.1|Unified Procedure Step Filtered Global Subscription SOP Instance
1.2.840.10008.5.1.4.34.6.1|Unified Procedure Step - Push SOP Class
1.2.840.10008.5.1.4.34.6.2|Unified Procedure Step - Watch SOP Class
1.2.840.10008.5.1.4.34.6.3|Unified Procedure Step - Pull SOP Class
1.2.840.10008.5.1.4.34.6.4|Unified Procedure Step - Event SOP Class
1.2.840.10008.5.1.4.34.6.5|Unified Procedure Step - Query SOP Class
1.2.840.10008.5.1.4.34.8|RT Conventional Machine Verification
1.2.840.10008.5.1.4.34.9|RT Ion Machine Verification
1.2.840.10008.5.1.4.37.1|General Relevant Patient Information Query
1.2.840.10008.5.1.4.37.2|Breast Imaging Relevant Patient Information Query
1.2.840.10008.5.1.4.37.3|Cardiac Relevant Patient Information Query
1.2.840.10008.5.1.4.38.2|Hanging Protocol Information Model - FIND
1.2.840.10008.5.1.4.38.3|Hanging Protocol Information Model - MOVE
1.2.840.10008.5.1.4.38.4|Hanging Protocol Information Model - GET
1.2.840.10008.5.1.4.39.2|Color Palette Query/Retrieve Information Model - FIND
1.2.840.10008.5.1.4.39.3|Color Palette Query/Retrieve Information Model - MOVE
1.2.840.10008.5.1.4.39.4|Color Palette Query/Retrieve Information Model - GET
1.2.840.10008.5.1.4.41|Product Characteristics Query SOP Class
1.2.840.10008.5.1.4.42|Substance Approval Query SOP Class
1.2.840.10008.5.1.4.43.2|Generic Implant Template Information Model - FIND
1.2.840.10008.5.1.4.43.3|Generic Implant Template Information Model - MOVE
1.2.840.10008.5.1.4.43.4|Generic Implant Template Information Model - GET
1.2.840.10008.5.1.4.44.2|Implant Assembly Template Information Model - FIND
1.2.840.10008.5.1.4.44.3|Implant Assembly Template Information Model - MOVE
1.2.840.10008.5.1.4.44.4|Implant Assembly Template Information Model - GET
1.2.840.10008.5.1.4.45.2|Implant Template Group Information Model - FIND
1.2.840.10008.5.1.4.45.3|Implant Template Group Information Model - MOVE
1.2.840.10008.5.1.4.45.4|Implant Template Group Information Model - GET
1.2.840.10008.7.1.1|Native DICOM Model
1.2.840.10008.7.1.2|Abstract Multi-Dimensional Image Model
1.2.840.10008.8.1.1|DICOM Content Mapping Resource`
