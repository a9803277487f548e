#!/usr/bin/env bash
# Sends a folder by DICOM, uploads a file by HTTP, and looks at what is there.
# Usage: send-and-list.sh FOLDER FILE [DICOM-PORT HTTP-PORT]
set -euo pipefail
folder=$1 file=$2 dicom=${3:-4242} http=${4:-8042}

echoscu localhost "$dicom"
TCP_NODELAY=1 storescu +sd +r localhost "$dicom" "$folder"

curl -sSf -X POST --data-binary "@$file" "http://localhost:$http/instances"
curl -sSf "http://localhost:$http/statistics"
curl -sSf "http://localhost:$http/studies?expand"
curl -sSf "http://localhost:$http/changes?limit=5"
