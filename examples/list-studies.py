"""Prints every study with its series. Usage: list-studies.py [http://localhost:8042]"""

import json
import sys
import urllib.request

server = sys.argv[1] if len(sys.argv) > 1 else 'http://localhost:8042'


def get(path):
    with urllib.request.urlopen(server + path) as answer:
        return json.load(answer)


for study in get('/studies?expand'):
    print(study['PatientMainDicomTags']['PatientID'], study['MainDicomTags'].get('StudyDescription'))
    for series in study['Series']:
        instances = get('/series/' + series)['Instances']
        tags = get('/instances/' + instances[0] + '/simplified-tags')
        print('  ', tags['Modality'], tags.get('SeriesDescription'), len(instances), 'instances')
