// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --convert-cnn-to-linalg | FileCheck %s

#row = #cnn.layout<[0, 1, 2, 3]>
#last = #cnn.layout<[0, 2, 3, 1]>
#blocked = #cnn.layout<[0, 1, 2, 3], block = 1>

// CHECK-DAG: #[[IDENTITY:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>
// CHECK-DAG: #[[PIXELS:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, 0, d2, d3)>
// CHECK-DAG: #[[CHANNELS:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, 0, 0, d4)>

// CHECK-LABEL: @function_of_zero_is_zero
func.func @function_of_zero_is_zero(%x: tensor<1x20x4x4xf32, #blocked>) -> tensor<1x20x4x4xf32, #blocked> {
  // CHECK: linalg.generic {indexing_maps = [#[[IDENTITY]], #[[IDENTITY]]]
  // CHECK-SAME: ins(%{{.*}} : tensor<1x2x4x4x16xf32>)
  // CHECK: math.tanh
  // CHECK-NOT: arith.select
  // CHECK: linalg.yield
  %y = cnn.map(%x) : (tensor<1x20x4x4xf32, #blocked>) -> tensor<1x20x4x4xf32, #blocked> {
  ^bb0(%a: f32):
    %0 = math.tanh %a : f32
    cnn.yield %0 : f32
  }
  return %y : tensor<1x20x4x4xf32, #blocked>
}

// What has no fold of its own is zero at zero by its row of Functions.def.
// CHECK-LABEL: @root_of_zero_is_zero
func.func @root_of_zero_is_zero(%x: tensor<1x20x4x4xf32, #blocked>) -> tensor<1x20x4x4xf32, #blocked> {
  // CHECK: math.cbrt
  // CHECK-NOT: arith.select
  // CHECK: linalg.yield
  %y = cnn.map(%x) : (tensor<1x20x4x4xf32, #blocked>) -> tensor<1x20x4x4xf32, #blocked> {
  ^bb0(%a: f32):
    %0 = math.cbrt %a : f32
    cnn.yield %0 : f32
  }
  return %y : tensor<1x20x4x4xf32, #blocked>
}

// CHECK-LABEL: @function_of_zero_is_one
func.func @function_of_zero_is_one(%x: tensor<1x20x4x4xf32, #blocked>) -> tensor<1x20x4x4xf32, #blocked> {
  // CHECK: %[[VALUE:.*]] = math.exp
  // CHECK: linalg.index 1
  // CHECK: linalg.index 4
  // CHECK: %[[INSIDE:.*]] = arith.cmpi ult
  // CHECK: arith.select %[[INSIDE]], %[[VALUE]]
  %y = cnn.map(%x) : (tensor<1x20x4x4xf32, #blocked>) -> tensor<1x20x4x4xf32, #blocked> {
  ^bb0(%a: f32):
    %0 = math.exp %a : f32
    cnn.yield %0 : f32
  }
  return %y : tensor<1x20x4x4xf32, #blocked>
}

// CHECK-LABEL: @whole_blocks_have_no_mask
func.func @whole_blocks_have_no_mask(%x: tensor<1x32x4x4xf32, #blocked>) -> tensor<1x32x4x4xf32, #blocked> {
  // CHECK-NOT: arith.select
  // CHECK: return
  %y = cnn.map(%x) : (tensor<1x32x4x4xf32, #blocked>) -> tensor<1x32x4x4xf32, #blocked> {
  ^bb0(%a: f32):
    %0 = math.exp %a : f32
    cnn.yield %0 : f32
  }
  return %y : tensor<1x32x4x4xf32, #blocked>
}

// CHECK-LABEL: @broadcast_over_channels_has_no_lanes
func.func @broadcast_over_channels_has_no_lanes(%x: tensor<1x20x4x4xf32, #blocked>, %p: tensor<1x1x4x4xf32, #row>) -> tensor<1x20x4x4xf32, #blocked> {
  // CHECK: linalg.generic {indexing_maps = [#[[IDENTITY]], #[[PIXELS]], #[[IDENTITY]]]
  // CHECK: arith.select
  %y = cnn.map(%x, %p) : (tensor<1x20x4x4xf32, #blocked>, tensor<1x1x4x4xf32, #row>) -> tensor<1x20x4x4xf32, #blocked> {
  ^bb0(%a: f32, %b: f32):
    %0 = arith.addf %a, %b : f32
    cnn.yield %0 : f32
  }
  return %y : tensor<1x20x4x4xf32, #blocked>
}

// CHECK-LABEL: @broadcast_over_pixels
func.func @broadcast_over_pixels(%x: tensor<1x20x4x4xf32, #blocked>, %p: tensor<1x20x1x1xf32, #blocked>) -> tensor<1x20x4x4xf32, #blocked> {
  // CHECK: linalg.generic {indexing_maps = [#[[IDENTITY]], #[[CHANNELS]], #[[IDENTITY]]]
  // CHECK-NOT: arith.select
  // CHECK: return
  %y = cnn.map(%x, %p) : (tensor<1x20x4x4xf32, #blocked>, tensor<1x20x1x1xf32, #blocked>) -> tensor<1x20x4x4xf32, #blocked> {
  ^bb0(%a: f32, %b: f32):
    %0 = arith.mulf %a, %b : f32
    cnn.yield %0 : f32
  }
  return %y : tensor<1x20x4x4xf32, #blocked>
}

// CHECK-LABEL: @mean_of_pixels
func.func @mean_of_pixels(%x: tensor<1x20x4x4xf32, #blocked>) -> tensor<1x20x1x1xf32, #blocked> {
  // CHECK: %[[ZERO:.*]] = linalg.fill
  // CHECK: linalg.generic {indexing_maps = [#[[IDENTITY]], #[[CHANNELS]]], iterator_types = ["parallel", "parallel", "reduction", "reduction", "parallel"]}
  // CHECK-SAME: outs(%[[ZERO]] : tensor<1x2x1x1x16xf32>)
  // CHECK: arith.constant 6.250000e-02
  // CHECK: arith.mulf
  // CHECK: arith.addf
  %y = cnn.reduce sum(%x) {axes = array<i64: 2, 3>, scale = 0.0625 : f64} : (tensor<1x20x4x4xf32, #blocked>) -> tensor<1x20x1x1xf32, #blocked> {
  ^bb0(%a: f32):
    cnn.yield %a : f32
  }
  return %y : tensor<1x20x1x1xf32, #blocked>
}

// The smaller input has the block, which the larger one broadcasts over.
// CHECK-LABEL: @weighted_sum_of_pixels
func.func @weighted_sum_of_pixels(%x: tensor<1x1x9x9xf32>, %p: tensor<1x32x1x1xf32, #blocked>) -> tensor<1x32x1x1xf32, #blocked> {
  // CHECK: linalg.generic {indexing_maps = [#[[PIXELS]], #[[CHANNELS]], #[[CHANNELS]]], iterator_types = ["parallel", "parallel", "reduction", "reduction", "parallel"]}
  %y = cnn.reduce sum(%x, %p) {axes = array<i64: 2, 3>} : (tensor<1x1x9x9xf32>, tensor<1x32x1x1xf32, #blocked>) -> tensor<1x32x1x1xf32, #blocked> {
  ^bb0(%a: f32, %b: f32):
    %0 = arith.mulf %a, %b : f32
    cnn.yield %0 : f32
  }
  return %y : tensor<1x32x1x1xf32, #blocked>
}

// CHECK-LABEL: @maximum_over_channels_ignores_padding_lanes
func.func @maximum_over_channels_ignores_padding_lanes(%x: tensor<1x20x4x4xf32, #blocked>) -> tensor<1x1x4x4xf32, #row> {
  // CHECK: iterator_types = ["parallel", "reduction", "parallel", "parallel", "reduction"]
  // CHECK: %[[LOWEST:.*]] = arith.constant 0xFF800000 : f32
  // CHECK: arith.cmpi ult
  // CHECK: arith.select %{{.*}}, %{{.*}}, %[[LOWEST]]
  // CHECK: arith.maximumf
  %y = cnn.reduce max(%x) {axes = array<i64: 1>} : (tensor<1x20x4x4xf32, #blocked>) -> tensor<1x1x4x4xf32, #row> {
  ^bb0(%a: f32):
    cnn.yield %a : f32
  }
  return %y : tensor<1x1x4x4xf32, #row>
}

// CHECK-LABEL: @maximum_is_scaled_afterwards
func.func @maximum_is_scaled_afterwards(%x: tensor<4x8xf32>) -> tensor<4x1xf32> {
  // CHECK: arith.maximumf
  // CHECK: linalg.generic
  // CHECK: arith.mulf
  %y = cnn.reduce max(%x) {axes = array<i64: 1>, scale = 2.0 : f64} : (tensor<4x8xf32>) -> tensor<4x1xf32> {
  ^bb0(%a: f32):
    cnn.yield %a : f32
  }
  return %y : tensor<4x1xf32>
}

// CHECK-LABEL: @nearest_doubles
func.func @nearest_doubles(%x: tensor<1x16x2x3xf32, #blocked>) -> tensor<1x16x4x3xf32, #blocked> {
  // CHECK: %[[ROWS:.*]] = arith.constant dense<[0, 0, 1, 1]> : tensor<4xi32>
  // CHECK: linalg.generic
  // CHECK: %[[OUT:.*]] = linalg.index 2
  // CHECK: %[[ENTRY:.*]] = tensor.extract %[[ROWS]][%[[OUT]]]
  // CHECK: %[[IN:.*]] = arith.index_cast %[[ENTRY]]
  // CHECK: %[[N:.*]] = linalg.index 0
  // CHECK: %[[BLOCK:.*]] = linalg.index 1
  // CHECK: %[[LANE:.*]] = linalg.index 4
  // CHECK: %[[COLUMN:.*]] = linalg.index 3
  // CHECK: tensor.extract %{{.*}}[%[[N]], %[[BLOCK]], %[[IN]], %[[COLUMN]], %[[LANE]]] : tensor<1x1x2x3x16xf32>
  %y = cnn.resize nearest %x {coordinate_transformation_mode = "asymmetric", nearest_mode = "floor", scales = array<f64: 1.0, 1.0, 2.0, 1.0>} : (tensor<1x16x2x3xf32, #blocked>) -> tensor<1x16x4x3xf32, #blocked>
  return %y : tensor<1x16x4x3xf32, #blocked>
}

// CHECK-LABEL: @linear_reads_four_neighbours
func.func @linear_reads_four_neighbours(%x: tensor<1x3x2x2xf32>) -> tensor<1x3x4x4xf32> {
  // CHECK-COUNT-4: : tensor<1x3x2x2xf32>
  // CHECK-NOT: linalg.generic
  // CHECK: return
  %y = cnn.resize linear %x {coordinate_transformation_mode = "half_pixel", nearest_mode = "floor", scales = array<f64: 1.0, 1.0, 2.0, 2.0>} : (tensor<1x3x2x2xf32>) -> tensor<1x3x4x4xf32>
  return %y : tensor<1x3x4x4xf32>
}

// CHECK-LABEL: @cubic_goes_one_dimension_at_a_time
func.func @cubic_goes_one_dimension_at_a_time(%x: tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf32> {
  // CHECK: linalg.generic {{.*}} outs(%{{.*}} : tensor<1x3x8x4xf32>)
  // CHECK: linalg.generic {{.*}} outs(%{{.*}} : tensor<1x3x8x8xf32>)
  %y = cnn.resize cubic %x {coordinate_transformation_mode = "half_pixel", nearest_mode = "floor", scales = array<f64: 1.0, 1.0, 2.0, 2.0>} : (tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf32>
  return %y : tensor<1x3x8x8xf32>
}

// CHECK-LABEL: @gather_counts_from_the_end
func.func @gather_counts_from_the_end(%x: tensor<5x4xf32>, %i: tensor<3xi64>) -> tensor<3x4xf32> {
  // CHECK: %[[ENTRY:.*]] = tensor.extract %arg1
  // CHECK: arith.index_cast %[[ENTRY]] : i64 to index
  // CHECK: arith.cmpi slt
  // CHECK: arith.select
  // CHECK: tensor.extract %arg0
  %y = cnn.gather %x[%i] {axis = 0 : i64} : (tensor<5x4xf32>, tensor<3xi64>) -> tensor<3x4xf32>
  return %y : tensor<3x4xf32>
}

// CHECK-LABEL: @slice_of_whole_blocks_is_a_view
func.func @slice_of_whole_blocks_is_a_view(%x: tensor<1x40x4x4xf32, #blocked>) -> tensor<1x24x4x2xf32, #blocked> {
  // CHECK: tensor.extract_slice %{{.*}}[0, 1, 0, 1, 0] [1, 2, 4, 2, 16] [1, 1, 1, 2, 1] : tensor<1x3x4x4x16xf32> to tensor<1x2x4x2x16xf32>
  %y = cnn.slice %x {starts = array<i64: 0, 16, 0, 1>, steps = array<i64: 1, 1, 1, 2>} : (tensor<1x40x4x4xf32, #blocked>) -> tensor<1x24x4x2xf32, #blocked>
  return %y : tensor<1x24x4x2xf32, #blocked>
}

// CHECK-LABEL: @slice_backwards
func.func @slice_backwards(%x: tensor<8xf32>) -> tensor<4xf32> {
  // CHECK: linalg.generic
  // CHECK: %[[STEP:.*]] = arith.constant -2 : index
  // CHECK: %[[SCALED:.*]] = arith.muli %{{.*}}, %[[STEP]]
  // CHECK: %[[START:.*]] = arith.constant 7 : index
  // CHECK: arith.addi %[[SCALED]], %[[START]]
  %y = cnn.slice %x {starts = array<i64: 7>, steps = array<i64: -2>} : (tensor<8xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: @reflected_border
func.func @reflected_border(%x: tensor<1x3x4xf32>) -> tensor<1x3x8xf32> {
  // CHECK: arith.constant dense<[2, 1, 0, 1, 2, 3, 2, 1]> : tensor<8xi32>
  %y = cnn.pad reflect %x {low = array<i64: 0, 0, 2>, high = array<i64: 0, 0, 2>, value = 0.0 : f32} : (tensor<1x3x4xf32>) -> tensor<1x3x8xf32>
  return %y : tensor<1x3x8xf32>
}

// CHECK-LABEL: @repeated_and_wrapped_borders
func.func @repeated_and_wrapped_borders(%x: tensor<4xf32>) -> (tensor<7xf32>, tensor<7xf32>) {
  // CHECK: arith.constant dense<[0, 0, 0, 1, 2, 3, 3]> : tensor<7xi32>
  %0 = cnn.pad edge %x {low = array<i64: 2>, high = array<i64: 1>, value = 0.0 : f32} : (tensor<4xf32>) -> tensor<7xf32>
  // CHECK: arith.constant dense<[2, 3, 0, 1, 2, 3, 0]> : tensor<7xi32>
  %1 = cnn.pad wrap %x {low = array<i64: 2>, high = array<i64: 1>, value = 0.0 : f32} : (tensor<4xf32>) -> tensor<7xf32>
  return %0, %1 : tensor<7xf32>, tensor<7xf32>
}

// CHECK-LABEL: @border_of_ones_leaves_padding_lanes
func.func @border_of_ones_leaves_padding_lanes(%x: tensor<1x20x4x4xf32, #blocked>) -> tensor<1x20x5x4xf32, #blocked> {
  // CHECK: %[[ONE:.*]] = arith.constant 1.000000e+00 : f32
  // CHECK: arith.select %{{.*}}, %{{.*}}, %[[ONE]]
  // CHECK: arith.constant 0.000000e+00 : f32
  // CHECK: arith.select
  %y = cnn.pad constant %x {low = array<i64: 0, 0, 1, 0>, high = array<i64: 0, 0, 0, 0>, value = 1.0 : f32} : (tensor<1x20x4x4xf32, #blocked>) -> tensor<1x20x5x4xf32, #blocked>
  return %y : tensor<1x20x5x4xf32, #blocked>
}

// CHECK-LABEL: @transpose_of_integers
func.func @transpose_of_integers(%x: tensor<2x3xi64>) -> tensor<3x2xi64> {
  // CHECK: linalg.generic
  // CHECK: tensor.extract %arg0[%{{.*}}, %{{.*}}] : tensor<2x3xi64>
  %y = cnn.transpose %x [1, 0] : (tensor<2x3xi64>) -> tensor<3x2xi64>
  return %y : tensor<3x2xi64>
}

// No kernel computes doubles: their products are what the definition says.
// CHECK-LABEL: @convolution_of_doubles
// CHECK: iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]
// CHECK: arith.mulf %{{.*}}, %{{.*}} : f64
// CHECK: arith.addf %{{.*}}, %{{.*}} : f64
// CHECK-NOT: cnn.conv
func.func @convolution_of_doubles(%x: tensor<1x4x9xf64>, %w: tensor<2x2x3xf64>) -> tensor<1x2x5xf64> {
  %y = cnn.conv %x, %w {strides = array<i64: 2>, dilations = array<i64: 1>, pads = array<i64: 1, 1>, group = 2 : i64} : (tensor<1x4x9xf64>, tensor<2x2x3xf64>) -> tensor<1x2x5xf64>
  return %y : tensor<1x2x5xf64>
}
