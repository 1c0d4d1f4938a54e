// A layer is timed once, and the record is obeyed from then on: the same bytes.
// RUN: rm -rf %t && mkdir -p %t && cd %t && cnnc %s --tune -o net.so && FileCheck %s --check-prefix=RECORD < net.tuning.json
// RECORD: "1x64x14x14 by 64x64x3x3, strides 1x1, pads 1x1x1x1, dilations 1x1, groups 1": {
// RECORD-NEXT: "algorithm": "{{direct|winograd_[24]_3}}",
// RECORD-NEXT: "nanoseconds": {
// RECORD: "winograd_2_3": {{[1-9][0-9]*}}
// RECORD-NOT: 5x5
// RECORD: "version": 1
// RUN: cp net.tuning.json kept.json && cp net.so kept.so && cnnc %s --tune -o net.so && cmp net.so kept.so && cmp net.tuning.json kept.json
// What the record says is done, even if nobody would choose it.
// RUN: sed 's/"algorithm": .*,/"algorithm": "direct",/' kept.json > direct.json && chmod -w direct.json
// RUN: cnnc %s --tune=direct.json --explain --stop-after=layout -o x.mlir | FileCheck %s --check-prefix=OBEYED
// OBEYED: small 64x14x14, 3x3 direct, tuned
// OBEYED: forced 64x14x14, 3x3 winograd_2_3 nchw16c
// So with the schedule of a contraction, on the level that was timed.
// RUN: grep -v '"schedule":' direct.json | sed 's/"algorithm": "direct",/"algorithm": "direct", "schedule": "row by row",/' > rows.json
// RUN: cnnc %s --tune=rows.json --stop-after=schedule -o rows.mlir && FileCheck %s --check-prefix=ROWS < rows.mlir
// ROWS: kernel.contract {{.*}} schedule = [#kernel.contract_schedule<{{.*}}row_block = 1, {{.*}}]
// ROWS-NOT: cnnc.schedule
// RUN: sed 's/row by row/upside down/' rows.json > down.json && not cnnc %s --tune=down.json 2>&1 | FileCheck %s --check-prefix=DOWN
// DOWN: error: malformed tuning record 'down.json': the layer '1x64x14x14 by {{.*}}' cannot be scheduled 'upside down'
// Without Winograd there is nothing to choose from.
// RUN: sed 's/cnnc.phase/cnnc.winograd = "off", cnnc.phase/' %s > off.mlir && cnnc off.mlir --tune=kept.json --stop-after=layout | FileCheck %s --check-prefix=OFF
// OFF: algorithm = #cnn<algorithm direct>
// OFF-NOT: cnnc.tuned

// RUN: sed 's/"algorithm": .*,/"algorithm": "winograd_6_3",/' kept.json > wrong.json && not cnnc %s --tune=wrong.json 2>&1 | FileCheck %s --check-prefix=WRONG
// WRONG: error: malformed tuning record 'wrong.json': the layer '1x64x14x14 by {{.*}}' cannot be computed by 'winograd_6_3'
// RUN: sed 's/"version": 1/"version": 9/' kept.json > later.json && not cnnc %s --tune=later.json 2>&1 | FileCheck %s --check-prefix=LATER
// LATER: error: malformed tuning record 'later.json': requires version 1, but found 9
// RUN: head -c 99 kept.json > half.json && not cnnc %s --tune=half.json 2>&1 | FileCheck %s --check-prefix=HALF
// HALF: error: malformed tuning record 'half.json': [
// RUN: not cnnc %s --tune=no/such/folder.json 2>&1 | FileCheck %s --check-prefix=PLACE
// PLACE: error: cannot write 'no/such/folder.json': No such file or directory
// RUN: not cnnc %s --tune --stop-after=layout 2>&1 | FileCheck %s --check-prefix=NOPLACE
// NOPLACE: error: --tune keeps its record beside the output, which is no file: name one with --tune=
// RUN: not cnnc %s --tune=net.h -o net.so 2>&1 | FileCheck %s --check-prefix=TWICE
// TWICE: error: the tuning record 'net.h' is an output as well: choose another with --tune=
// RUN: not cnnc %s --tune --stop-after=graph -o x.mlir 2>&1 | FileCheck %s --check-prefix=EARLY
// EARLY: error: --tune chooses in the layout phase, but --stop-after ends before it
// RUN: cnnc %s --stop-after=layout -o layout.mlir && not cnnc layout.mlir --tune -o x.so 2>&1 | FileCheck %s --check-prefix=LATE
// LATE: error: --tune chooses in the layout phase, which this text has passed
// RUN: sed 's/"x86_64", levels = .*"\]/"aarch64", levels = ["neon"]/' %s > arm.mlir && not cnnc arm.mlir --tune -o x.so 2>&1 | FileCheck %s --check-prefix=ARM
// ARM: error: --tune times on this machine, a {{.*}}, which does not run neon: tune there, or compile for this one
// RUN: cnnc --help | FileCheck %s --check-prefix=HELP
// HELP: --tune[=<record>] - time close choices on this machine
// RUN: ls | not grep tmp
module attributes {cnnc.phase = "graph", cnnc.name = "net", cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2", "x86-64-v3"]>} {
  func.func @main(%x: tensor<1x64x14x14xf32> {cnnc.name = "x"}) -> (tensor<1x64x14x14xf32> {cnnc.name = "y"}) {
    %w = arith.constant dense<0.01> : tensor<64x64x3x3xf32>
    %0 = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64}
      : (tensor<1x64x14x14xf32>, tensor<64x64x3x3xf32>) -> tensor<1x64x14x14xf32> epilogue {
    ^bb0(%a: f32):
      %zero = arith.constant 0.0 : f32
      %r = arith.maximumf %a, %zero : f32
      cnn.yield %r : f32
    } loc("small")
    %1 = cnn.conv %0, %w {algorithm = #cnn<algorithm winograd_2_3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64}
      : (tensor<1x64x14x14xf32>, tensor<64x64x3x3xf32>) -> tensor<1x64x14x14xf32> loc("forced")
    return %1 : tensor<1x64x14x14xf32>
  }
}
