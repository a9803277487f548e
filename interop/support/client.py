"""What Python clients of Orthanc's REST API do: python3 client.py URL FOLDER. Prints JSON.

The calls are those of the libraries pyorthanc and orthanc-api-client. Uses requests and pydicom where they are
installed, else the standard library.
"""

import hashlib
import json
import os
import sys
import urllib.error
import urllib.request

try:
    import requests
except ImportError:
    requests = None
try:
    import pydicom
except ImportError:
    pydicom = None

URL, FOLDER = sys.argv[1], sys.argv[2]


def call(method, path, data=None, params=None):
    query = "?" + "&".join(f"{key}={value}" for key, value in params.items()) if params else ""
    if requests is not None:
        answer = requests.request(method, URL + path + query, data=data, timeout=30)
        return answer.status_code, answer.headers.get("Content-Type"), answer.content
    request = urllib.request.Request(URL + path + query, data=data, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers.get("Content-Type"), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("Content-Type"), error.read()


def call_json(method, path, data=None, params=None):
    status, kind, body = call(method, path, data, params)
    assert status == 200, (method, path, status, body[:300])
    assert kind.startswith("application/json"), (path, kind)
    return json.loads(body)


files = sorted(os.path.join(root, name) for root, _, names in os.walk(FOLDER) for name in names)
system = call_json("GET", "/system")
assert isinstance(system["ApiVersion"], int) and system["DicomAet"]

uploaded = {}
for path in files:
    with open(path, "rb") as file:
        content = file.read()
    reply = call_json("POST", "/instances", content)
    assert reply["Status"] in ("Success", "AlreadyStored"), reply
    uploaded[reply["ID"]] = hashlib.md5(content).hexdigest()

assert set(call_json("GET", "/instances")) >= set(uploaded)
paged = []
while True:
    page = call_json("GET", "/instances", params={"since": len(paged), "limit": 5})
    if not page:
        break
    paged += page
assert sorted(paged) == sorted(call_json("GET", "/instances"))

walked = []
for patient_id in call_json("GET", "/patients"):
    patient = call_json("GET", f"/patients/{patient_id}")
    assert patient["Type"] == "Patient" and "PatientID" in patient["MainDicomTags"]
    for study_id in patient["Studies"]:
        study = call_json("GET", f"/studies/{study_id}")
        assert study["ParentPatient"] == patient_id and "StudyInstanceUID" in study["MainDicomTags"]
        for series_id in study["Series"]:
            series = call_json("GET", f"/series/{series_id}")
            assert series["ParentStudy"] == study_id and "SeriesInstanceUID" in series["MainDicomTags"]
            walked += series["Instances"]
assert sorted(walked) == sorted(call_json("GET", "/instances"))

decoded = 0
for instance_id, digest in uploaded.items():
    instance = call_json("GET", f"/instances/{instance_id}")
    assert instance["FileSize"] > 0
    tags = call_json("GET", f"/instances/{instance_id}/simplified-tags")
    assert tags["SOPInstanceUID"] == instance["MainDicomTags"]["SOPInstanceUID"]
    assert call_json("GET", f"/instances/{instance_id}/tags", params={"simplify": "true"}) == tags
    status, kind, content = call("GET", f"/instances/{instance_id}/file")
    assert (status, kind) == (200, "application/dicom")
    assert hashlib.md5(content).hexdigest() == digest
    if pydicom is not None:
        from io import BytesIO

        data_set = pydicom.dcmread(BytesIO(content))
        assert data_set.SOPInstanceUID == tags["SOPInstanceUID"]
        decoded += 1
    status, _, value = call("GET", f"/instances/{instance_id}/metadata/TransferSyntax")
    assert status == 200 and value.startswith(b"1.2.840.10008.1.2")
    status, _, value = call("GET", f"/instances/{instance_id}/content/0010-0020")
    assert status == 200

changes, since = [], 0
while True:
    page = call_json("GET", "/changes", params={"since": since, "limit": 7})
    changes += page["Changes"]
    since = page["Last"]
    if page["Done"]:
        break
assert {change["ID"] for change in changes if change["ChangeType"] == "NewInstance"} >= set(uploaded)

victim = next(iter(uploaded))
remaining = call_json("DELETE", f"/instances/{victim}")
assert "RemainingAncestor" in remaining
assert call("GET", f"/instances/{victim}")[0] == 404
assert call("DELETE", f"/instances/{victim}")[0] == 404
for patient_id in call_json("GET", "/patients"):
    assert call_json("DELETE", f"/patients/{patient_id}") == {"RemainingAncestor": None}
statistics = call_json("GET", "/statistics")
assert statistics["CountInstances"] == 0 and statistics["TotalDiskSize"] == "0"

print(json.dumps({"uploaded": len(uploaded), "requests": requests is not None, "pydicom": decoded}))
