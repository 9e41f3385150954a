"""Producers' names of ops to canonical ones: what does the same work has one name, whoever names it.

What is in none of these tables and has no other producer's name stands in :mod:`explorer.vocabulary.own`.
"""

from __future__ import annotations

from collections.abc import Mapping


def _table(text: str) -> dict[str, str]:
    """Return a table from lines of ``canonical: name name ...``."""
    rows = (line.partition(":") for line in text.strip().splitlines())
    return {name: canonical.strip() for canonical, _, names in rows for name in names.split()}


ATEN: Mapping[str, str] = _table(
    """
    conv_transpose: conv_transpose1d conv_transpose2d conv_transpose3d slow_conv_transpose2d slow_conv_transpose3d
    conv_transpose: cudnn_convolution_transpose
    conv: _convolution convolution conv1d conv2d conv3d conv_tbc thnn_conv2d slow_conv3d slow_conv3d_forward
    conv: _slow_conv2d_forward slow_conv_dilated2d mkldnn_convolution slow_conv_dilated3d conv_depthwise3d
    conv: _conv_depthwise2d convolution_overrideable cudnn_convolution _convolution_mode miopen_convolution
    reshape: _unsafe_view view flatten unflatten _reshape_alias reshape_as view_as ravel _ncf_view
    transpose: permute t numpy_T movedim swapaxes mT swapdims moveaxis
    matmul: mm bmm mv dot __matmul__ imatmul linalg_matmul _sparse_mm smm hspmm inner
    addmm: baddbmm addmv addbmm _addmm_activation sspaddmm
    conv_backward: convolution_backward_overrideable
    embedding_backward: embedding_dense_backward embedding_sparse_backward
    softmax: _softmax _safe_softmax _masked_softmax
    log_softmax: _log_softmax
    to: _to_copy type_as float double half long int bool short byte char bfloat16 type cpu cuda as_tensor
    layer_norm: native_layer_norm
    group_norm: native_group_norm
    batch_norm: native_batch_norm _native_batch_norm_legit _native_batch_norm_legit_no_training
    batch_norm: _batch_norm_no_update cudnn_batch_norm _native_batch_norm_legit_functional _batch_norm_with_update
    batch_norm: _batch_norm_impl_index _batch_norm_with_update_functional miopen_batch_norm
    dropout: native_dropout feature_dropout alpha_dropout dropout1d dropout2d dropout3d feature_alpha_dropout
    dropout: _fused_dropout
    max_pool: max_pool1d_with_indices max_pool2d_with_indices max_pool1d max_pool2d max_pool3d
    max_pool: max_pool3d_with_indices mkldnn_max_pool2d mkldnn_max_pool3d quantized_max_pool1d quantized_max_pool2d
    avg_pool: avg_pool1d avg_pool2d avg_pool3d
    adaptive_avg_pool: _adaptive_avg_pool2d adaptive_avg_pool2d adaptive_avg_pool1d adaptive_avg_pool3d
    adaptive_avg_pool: _adaptive_avg_pool3d
    split: chunk split_with_sizes tensor_split unsafe_split unsafe_chunk unsafe_split_with_sizes hsplit vsplit
    split: dsplit
    cat: concat concatenate
    div: true_divide divide truediv itruediv __itruediv__ __truediv__ __rtruediv__ __idiv__ __div__
    mul: multiply imul __imul__ __mul__ __rmul__
    sub: subtract rsub isub __isub__ __sub__ __rsub__
    gt: greater
    lt: less
    acos: arccos
    abs: absolute
    item: _local_scalar_dense is_nonzero Bool Int Float IntImplicit FloatImplicit ScalarImplicit ComplexImplicit
    item: Complex
    logical_and: __and__ bitwise_and and __iand__ iand
    logical_not: bitwise_not invert not not_ sym_not
    logical_or: bitwise_or __or__ or __ior__ ior
    identity: detach alias lift_fresh lift_fresh_copy contiguous lift resolve_neg pin_memory positive pos data
    attention: scaled_dot_product_attention _scaled_dot_product_flash_attention_for_cpu
    attention: _scaled_dot_product_attention_math _scaled_dot_product_efficient_attention
    attention: _scaled_dot_product_flash_attention _scaled_dot_product_cudnn_attention _flash_attention_forward
    attention: _scaled_dot_product_attention_math_for_mps _efficient_attention_forward
    attention: _scaled_dot_product_fused_attention_overrideable flex_attention
    interpolate: upsample_nearest1d upsample_nearest2d upsample_bilinear2d upsample_bicubic2d _upsample_bicubic2d_aa
    interpolate: _upsample_bilinear2d_aa upsample_nearest3d upsample_linear1d upsample_trilinear3d
    interpolate: _upsample_nearest_exact1d upsample _upsample_nearest_exact2d _upsample_nearest_exact3d
    interpolate: _upsample_lanczos2d_aa __interpolate __upsample __upsample_nearest __upsample_bilinear
    interpolate: upsample_nearest upsample_bilinear
    pad: constant_pad_nd reflection_pad1d reflection_pad2d reflection_pad3d replication_pad1d replication_pad2d
    pad: replication_pad3d _pad_circular _pad_enum
    clamp: clamp_min clamp_max clip
    floor_divide: floordiv __round_to_zero_floordiv ifloordiv __floordiv__
    add: iadd __iadd__ __add__ __radd__
    remainder: mod mathremainder __mod__ imod
    index: getitem _unsafe_index _index
    max: amax
    min: amin
    size: size sym_size len _shape_as_tensor _infer_size
    assert: _assert_async _assert_tensor_metadata _assert_scalar _functional_assert_async _functional_assert_scalar
    assert: sym_constrain_range sym_constrain_range_for_size _functional_sym_constrain_range
    assert: _functional_sym_constrain_range_for_size _check
    adaptive_max_pool: adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d
    fractional_max_pool: fractional_max_pool2d fractional_max_pool3d
    max_unpool: max_unpool1d max_unpool2d max_unpool3d
    lp_pool: lp_pool1d lp_pool2d lp_pool3d
    rms_norm: _fused_rms_norm
    log_sigmoid: log_sigmoid_forward logsigmoid
    prelu: _prelu_kernel
    rrelu: rrelu_with_noise rrelu_with_noise_functional
    hardtanh: relu6
    cross_entropy: cross_entropy_loss
    nll_loss: nll_loss_nd nll_loss_forward nll_loss2d nll_loss2d_forward
    multilabel_margin_loss: multilabel_margin_loss_forward
    ctc_loss: _ctc_loss _use_cudnn_ctc_loss _cudnn_ctc_loss
    bilinear: _trilinear
    weight_norm: _weight_norm _weight_norm_interface
    embedding_bag: _embedding_bag _embedding_bag_forward_only
    embedding_renorm: _no_grad_embedding_renorm
    lstm: mkldnn_rnn_layer _cudnn_rnn
    rnn: rnn_tanh rnn_relu
    rnn_cell: rnn_tanh_cell rnn_relu_cell
    lstm_cell: _thnn_fused_lstm_cell
    gru_cell: _thnn_fused_gru_cell
    multi_head_attention: _native_multi_head_attention multi_head_attention_forward
    transformer_encoder_layer: _transformer_encoder_layer_fwd
    fft: _fft_c2c _fft_r2c _fft_c2r fft_fft fft_fft2 fft_fftn fft_ifft fft_ifft2 fft_ifftn fft_rfft fft_rfft2
    fft: fft_rfftn fft_irfft fft_irfft2 fft_irfftn fft_hfft fft_hfft2 fft_hfftn fft_ihfft fft_ihfft2 fft_ihfftn
    conj: _conj conj_physical _conj_physical resolve_conj
    neg: _neg_view negative
    adjoint: mH matrix_H
    unsqueeze: _ncf_unsqueeze
    expand: expand_as broadcast_to
    sum_to_size: _grad_sum_to_size
    stride: sym_stride
    storage_offset: sym_storage_offset
    numel: sym_numel nelement
    dim: ndim ndimension
    slice: narrow narrow_copy
    gather: take_along_dim
    index_put: _unsafe_index_put _index_put_impl setitem __setitem__
    masked_index: _unsafe_masked_index
    vstack: row_stack
    stack: _stack
    unique: _unique _unique2 unique_dim unique_consecutive unique_dim_consecutive
    sort: msort
    repeat: tile
    vdot: linalg_vecdot
    cummax: _cummax_helper
    cummin: _cummin_helper
    logcumsumexp: _logcumsumexp
    all: _is_all_true
    any: _is_any_true
    aminmax: _aminmax
    full: full_like new_full
    zeros: zeros_like new_zeros
    ones: ones_like new_ones
    empty: empty_like new_empty empty_strided new_empty_strided empty_permuted empty_quantized
    fill: zero _no_grad_fill _no_grad_zero
    rand: rand_like uniform _no_grad_uniform
    randn: randn_like normal normal_functional _no_grad_normal
    randint: randint_like
    arange: range
    acosh: arccosh
    asin: arcsin
    asinh: arcsinh
    atan: arctan
    atanh: arctanh
    atan2: arctan2
    trunc: fix
    sign: sgn
    ge: greater_equal
    le: less_equal
    ne: not_equal
    square: _square
    logical_xor: bitwise_xor __xor__ __ixor__ xor ixor
    bitwise_left_shift: __lshift__ __ilshift__ lshift
    bitwise_right_shift: __rshift__ __irshift__ rshift
    int_matmul: _int_mm
    grouped_mm: _grouped_mm grouped_mm_fallback
    quantized_matmul: _weight_int8pack_mm _weight_int4pack_mm
    outer: ger
    pow: ipow __pow__ rpow
    maximum: sym_max
    minimum: sym_min
    norm: linalg_norm linalg_vector_norm linalg_matrix_norm frobenius_norm nuclear_norm native_norm
    det: linalg_det _linalg_det
    slogdet: linalg_slogdet _linalg_slogdet
    inverse: linalg_inv linalg_inv_ex
    pinverse: linalg_pinv
    cross: linalg_cross
    diagonal: linalg_diagonal
    matrix_power: linalg_matrix_power
    matrix_exp: linalg_matrix_exp
    cholesky: linalg_cholesky linalg_cholesky_ex
    qr: linalg_qr
    svd: linalg_svd _linalg_svd
    eigh: linalg_eigh _linalg_eigh
    solve: linalg_solve linalg_solve_ex _linalg_solve_ex
    householder_product: linalg_householder_product orgqr
    chain_matmul: linalg_multi_dot
    lu: linalg_lu
    lu_solve: linalg_lu_solve
    lu_factor: linalg_lu_factor linalg_lu_factor_ex
    grid_sample: grid_sampler grid_sampler_2d grid_sampler_3d cudnn_grid_sampler
    affine_grid: affine_grid_generator
    cdist: _cdist_forward _euclidean_dist
    pdist: _pdist_forward
    col2im: fold
    channel_shuffle: native_channel_shuffle
    trapezoid: trapz
    nested_from_mask: _nested_tensor_from_mask
    to_padded: to_padded_tensor nested_to_padded_tensor
    set_item: _set_item
    sigmoid: special_expit
    lgamma: special_gammaln
    igamma: special_gammainc
    igammac: special_gammaincc
    digamma: special_psi
    mvlgamma: special_multigammaln
    quantize: quantize_per_tensor quantize_per_channel quantize_per_tensor_dynamic
    dequantize: _dequantize
    fake_quantize: fake_quantize_per_tensor_affine fake_quantize_per_channel_affine
    fake_quantize: fake_quantize_per_tensor_affine_cachemask fake_quantize_per_channel_affine_cachemask
    """
)
"""Base names of aten, without overload, and of what Dynamo and ``torch.export`` call likewise."""

PYTHON: Mapping[str, str] = _table(
    """
    if: cond
    loop: while_loop scan
    map: map_impl map
    tensor: from_numpy
    """
)
"""Python's own names, which Dynamo and ``torch.export`` call by."""

ONNX: Mapping[str, str] = _table(
    """
    add: Add Sum BiasAdd
    sub: Sub
    mul: Mul ComplexMul
    div: Div
    pow: Pow
    neg: Neg
    sqrt: Sqrt
    matmul: MatMul FusedMatMul TransposeMatMul FusedMatMulActivation SparseToDenseMatMul MatMulPacked
    addmm: Gemm FusedGemm GemmFastGelu
    conv: Conv FusedConv NhwcConv NhwcFusedConv
    conv_transpose: ConvTranspose ConvTransposeWithDynamicPads
    batch_norm: BatchNormalization
    layer_norm: LayerNormalization SkipLayerNormalization EmbedLayerNormalization QOrderedLayerNormalization
    layer_norm: QEmbedLayerNormalization
    group_norm: GroupNormalization GroupNorm SkipGroupNorm
    softmax: Softmax BiasSoftmax
    log_softmax: LogSoftmax
    relu: Relu
    gelu: Gelu FastGelu BiasGelu QOrderedGelu
    erf: Erf
    sigmoid: Sigmoid
    tanh: Tanh
    reshape: Reshape Flatten
    transpose: Transpose
    cat: Concat ConcatFromSequence
    split: Split SplitToSequence
    unsqueeze: Unsqueeze ExpandDims
    squeeze: Squeeze
    mean: ReduceMean
    sum: ReduceSum
    max: ReduceMax
    min: ReduceMin
    norm: ReduceL2 ReduceL1
    prod: ReduceProd
    maximum: Max
    minimum: Min
    argmax: ArgMax
    argmin: ArgMin
    max_pool: MaxPool NhwcMaxPool MaxpoolWithMask
    avg_pool: AveragePool
    adaptive_avg_pool: GlobalAveragePool
    to: Cast CastLike
    clamp: Clip
    where: Where
    gt: Greater
    lt: Less
    ge: GreaterOrEqual
    le: LessOrEqual
    eq: Equal
    logical_and: And BitwiseAnd
    logical_or: Or BitwiseOr
    logical_not: Not BitwiseNot
    slice: Slice
    gather: Gather GatherElements
    expand: Expand
    pad: Pad
    interpolate: Resize Upsample
    cumsum: CumSum
    topk: TopK
    dropout: Dropout BiasDropout BitmaskDropout BitmaskBiasDropout
    size: Shape SequenceLength
    numel: Size
    full: ConstantOfShape
    arange: Range
    constant: Constant
    identity: Identity
    isnan: IsNaN
    remainder: Mod
    floor: Floor
    ceil: Ceil
    lstm: LSTM DynamicQuantizeLSTM
    gru: GRU
    rnn: RNN
    if: If
    loop: Loop Scan
    attention: FlexAttention
    attention: Attention MultiHeadAttention GroupQueryAttention PackedAttention PackedMultiHeadAttention QAttention
    attention: LongformerAttention DecoderAttention DecoderMaskedMultiHeadAttention DecoderMaskedSelfAttention
    attention: PagedAttention SparseAttention QOrderedAttention QOrderedLongformerAttention
    tril: Trilu
    one_hot: OneHot
    hardswish: HardSwish
    leaky_relu: LeakyRelu
    elu: Elu
    prelu: PRelu
    softplus: Softplus
    scatter: ScatterElements Scatter
    index_put: ScatterND
    nonzero: NonZero
    exp: Exp
    log: Log
    abs: Abs
    acos: Acos
    acosh: Acosh
    adaptive_max_pool: GlobalMaxPool
    affine_grid: AffineGrid
    asin: Asin
    asinh: Asinh
    atan: Atan
    atanh: Atanh
    bernoulli: Bernoulli
    logical_xor: BitwiseXor Xor
    blackman_window: BlackmanWindow
    hamming_window: HammingWindow
    hann_window: HannWindow
    celu: Celu
    selu: Selu
    col2im: Col2Im
    cos: Cos
    cosh: Cosh
    sin: Sin
    sinh: Sinh
    tan: Tan
    cumprod: CumProd
    fft: DFT Rfft Irfft
    stft: STFT
    deform_conv: DeformConv
    det: Det
    inverse: Inverse
    einsum: Einsum
    eye: EyeLike
    index: GatherND
    grid_sample: GridSample
    hardsigmoid: HardSigmoid
    mish: Mish
    softsign: Softsign
    threshold: ThresholdedRelu
    silu: Swish QuickGelu ScaledSiLU
    instance_norm: InstanceNormalization
    rms_norm: RMSNormalization SimplifiedLayerNormalization SkipSimplifiedLayerNormalization
    isinf: IsInf
    round: Round
    sign: Sign
    reciprocal: Reciprocal
    local_response_norm: LRN
    lp_pool: LpPool
    max_unpool: MaxUnpool
    roi_pool: MaxRoiPool
    roi_align: RoiAlign
    nms: NonMaxSuppression
    multinomial: Multinomial
    nll_loss: NegativeLogLikelihoodLoss
    cross_entropy: SoftmaxCrossEntropyLoss
    logsumexp: ReduceLogSumExp
    pixel_shuffle: DepthToSpace
    pixel_unshuffle: SpaceToDepth
    rand: RandomUniform RandomUniformLike
    randn: RandomNormal RandomNormalLike
    repeat: Tile
    unique: Unique
    int_matmul: MatMulInteger MatMulInteger16
    int_conv: ConvInteger
    quantize: QuantizeLinear DynamicQuantizeLinear QuantizeBFP QuantizeWithOrder
    dequantize: DequantizeLinear DequantizeBFP DequantizeWithOrder
    quantized_conv: QLinearConv QLinearConvTranspose
    quantized_matmul: QLinearMatMul QGemm DynamicQuantizeMatMul MatMulIntegerToFloat MatMulNBits MatMulBnb4
    quantized_matmul: MatMulFpQ4 QOrderedMatMul GemmFloat8
    map: SequenceMap
    list: SequenceConstruct SequenceEmpty
    append: SequenceInsert
    __getitem__: SequenceAt
    cdist: CDist
    embedding: TorchEmbedding
    unfold: UnfoldTensor
    rotary_embedding: RotaryEmbedding GemmaRotaryEmbedding
    """
)
"""Types of nodes, those included that ONNX Runtime fuses to."""

PRIM: Mapping[str, str] = _table(
    """
    if: If
    loop: Loop
    constant: Constant Uninitialized ConstantMKLDNNTensor
    list: ListConstruct rangelist
    tuple: TupleConstruct TupleSlice
    identity: unchecked_cast unchecked_unwrap_optional annotate
    unpack: ListUnpack TupleUnpack TupleIndex
    dict: DictConstruct
    size: NumToTensor
    split: ConstantChunk BroadcastingChunk
    raise: RaiseException
    call: CallFunction CallMethod PythonOp IgnoredPythonOp
    parameter: GetAttr
    object: CreateObject
    item: ImplicitTensorToNum
    cat: FusedConcat VarConcat
    stack: VarStack
    add: AutogradAdd add_optional
    conv: mkldnn_convolution
    max: max
    min: min
    abs: abs
    transpose: permute_copy t_copy transpose_copy
    reshape: view_copy reshape_copy flatten_copy
    expand: expand_copy expand_as_copy
    squeeze: squeeze_copy
    unsqueeze: unsqueeze_copy
    hardswish: MKLDNNHardSwish
    hardsigmoid: MKLDNNHardSigmoid
    hardtanh: MKLDNNHardTanh
    clamp: MKLDNNClamp
    layer_norm: MKLDNNLayerNorm
    """
)
"""TorchScript's own operators."""
