"""Makes a ZIP of the first study by a job, waits for it and saves it.

Usage: archive-study.py FILE [URL]
"""

import json
import shutil
import sys
import time
import urllib.request

file = sys.argv[1]
url = sys.argv[2] if len(sys.argv) > 2 else 'http://localhost:8042'


def get(path):
    with urllib.request.urlopen(url + path) as answer:
        return json.load(answer)


def post(path, body):
    with urllib.request.urlopen(url + path, json.dumps(body).encode()) as answer:
        return json.load(answer)


study = get('/studies')[0]
job = post(f'/studies/{study}/archive', {'Asynchronous': True, 'UserData': 'an example'})
while (state := get(job['Path']))['State'] in ('Pending', 'Running'):
    print(f"{state['Progress']} %")
    time.sleep(0.1)
if state['State'] != 'Success':
    sys.exit(state['ErrorDescription'])
with urllib.request.urlopen(url + job['Path'] + '/archive') as archive, open(file, 'wb') as saved:
    shutil.copyfileobj(archive, saved)
print(state['Content']['InstancesCount'], 'instances')
