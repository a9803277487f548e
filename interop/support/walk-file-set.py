"""Walks the file-sets whose folders are named on the command line, and prints what it finds in each as JSON."""

import json
import os
import sys
import warnings

from pydicom import dcmread
from pydicom.fileset import FileSet

warnings.simplefilter('ignore')
for folder in sys.argv[1:]:
    file_set = FileSet(os.path.join(folder, 'DICOMDIR'))
    found = []
    for instance in file_set:
        leaf = instance.node
        names = [node._record for node in leaf.ancestors]
        patient = next((record for record in names if record.DirectoryRecordType == 'PATIENT'), None)
        file = dcmread(instance.path, stop_before_pixels=True)
        found.append(
            {
                'type': leaf.record_type,
                'depth': leaf.depth,
                'recordUid': instance.ReferencedSOPInstanceUIDInFile,
                'fileUid': file.SOPInstanceUID,
                'recordName': patient and str(patient.PatientName),
                'fileName': str(file.get('PatientName', '')),
            }
        )
    print(json.dumps({'id': file_set.ID, 'instances': found}))
