#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# each.sh SCHEMA FOLDER FLAGS...: makes a model of every .textproto in FOLDER, imports it with FLAGS, and prints the
# model's name, the module without locations or the diagnostics, and the exit status.
schema=$1 folder=$2
shift 2
cd "$folder" || exit 1
for part in *.textproto; do
  name=${part%.textproto}
  protoc --encode=onnx.ModelProto -I "$schema" onnx.proto < "$part" > "$name.onnx" || exit 1
  echo "== $name"
  cnnc "$name.onnx" --stop-after=import -o "$name.mlir" "$@" 2>&1
  status=$?
  if [ $status = 0 ]; then cnnc-opt "$name.mlir"; fi
  echo "exit $status"
done
