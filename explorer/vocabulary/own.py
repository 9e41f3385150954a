"""Names of ops that have no other producer's name: known, and canonical as they are."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


OWN = _words(
    """
    Delete Generator Size __derive_index __range_length _foreach_add _fused_sdp_choice _pack_padded_sequence
    _pad_packed_sequence _sample_dirichlet _scaled_mm _standard_gamma add_batch_dim addcdiv addcmul addr allclose
    angle argsort argwhere as_strided as_strided_scatter associative_scan atleast_1d atleast_2d atleast_3d
    auto_functionalized auto_functionalized_v2 autograd_function_apply backward bartlett_window bin
    binary_cross_entropy binary_cross_entropy_with_logits bincount binomial block_diag boolean_dispatch
    broadcast_shapes broadcast_tensors bucketize can_cast capitalize cartesian_prod cauchy ccol_indices center chalf
    checkpoint cholesky_inverse cholesky_solve chr clear clone coalesce col_indices column_stack combinations
    complex confirmed_by_owner copy copysign corrcoef cosine_embedding_loss cosine_similarity count count_nonzero
    cov crow_indices cummaxmin_backward cumulative_trapezoid deg2rad degrees dense_dim diag diag_embed diagflat
    diagonal_scatter diff dist divmod dstack element_size endswith enter_autocast equal erfc erfinv exit_autocast
    exp2 expandtabs expm1 exponential extend fabs factorial fft_fftfreq fft_fftshift fft_ifftshift fft_rfftfreq
    fill_diagonal find flatten_dense_tensors flip fliplr flipud float_power fmax fmin fmod format frac frexp
    from_file gamma gcd geometric geqrf get get_autocast_dtype get_device get_gradients getattr glu glu_backward_jvp
    glu_jvp grad gradient gumbel_softmax hardshrink has_torch_function hash hash_tensor heaviside hex
    hinge_embedding_loss histc histogram histogramdd hstack huber_loss hypot i0 im2col imag index_add index_fill
    index_reduce index_select indices infinitely_differentiable_gelu_backward initial_seed insert int_repr
    invoke_subgraph is_autocast_cpu_enabled is_autocast_enabled is_coalesced is_complex is_conj is_contiguous
    is_distributed is_floating_point is_grad_enabled is_inference is_leaf is_neg is_nested
    is_non_overlapping_and_dense is_owner is_pinned is_same_size is_scripting is_set_to is_signed
    is_strides_like_format is_vulkan_available isalnum isalpha isclose isdecimal isdigit isfinite isidentifier isin
    islower isneginf isnumeric isposinf isprintable isreal isspace istft istitle isupper items join kaiser_window
    keys kl_div kron kthvalue l1_loss lazy_load_decompositions lcm ldexp lerp linalg__powsum linalg_cond linalg_eig
    linalg_eigvals linalg_eigvalsh linalg_ldl_factor linalg_ldl_factor_ex linalg_ldl_solve linalg_lstsq
    linalg_matrix_rank linalg_solve_triangular linalg_svdvals linalg_tensorinv linalg_tensorsolve linalg_vander
    linear linspace ljust local_value log10 log1p log2 log_api_usage_once log_normal logaddexp logaddexp2 logdet
    logit logspace lower lower_version_count_by_1 lstm_mps_backward lstrip lu_unpack manual_seed margin_ranking_loss
    masked_fill masked_scatter masked_select median meshgrid mode modf mse_loss multi_margin_loss
    multilabel_soft_margin_loss nan_to_num nanmean nanmedian nanquantile nansum nextafter nonzero_numpy
    nonzero_static norm_except_dim normalize oct ord ormqr output_nr owner owner_name pad_sequence pairwise_distance
    partition percentFormat poisson poisson_nll_loss polar polygamma pop popitem promote_types put qscheme quantile
    rad2deg radians random randperm real record_stream remove remove_batch_dim renorm repeat_interleave replace
    requires_grad resize resize_as resize_as_sparse result_type retain_grad retains_grad reverse rfind rindex rjust
    roll rot90 row_indices rpartition rsplit rsqrt rstrip save scalar_tensor scaled_dot_product scatter_add
    scatter_reduce searchsorted seed segment_reduce select select_scatter set set_data set_grad_enabled setdefault
    signbit sinc slice_inverse slice_scatter smooth_l1_loss soft_margin_loss softmin softshrink sorted
    special_airy_ai special_bessel_j0 special_bessel_j1 special_bessel_y0 special_bessel_y1
    special_chebyshev_polynomial_t special_chebyshev_polynomial_u special_chebyshev_polynomial_v
    special_chebyshev_polynomial_w special_entr special_erfcx special_hermite_polynomial_h
    special_hermite_polynomial_he special_i0e special_i1 special_i1e special_laguerre_polynomial_l
    special_legendre_polynomial_p special_log_ndtr special_modified_bessel_i0 special_modified_bessel_i1
    special_modified_bessel_k0 special_modified_bessel_k1 special_ndtr special_ndtri
    special_scaled_modified_bessel_k0 special_scaled_modified_bessel_k1 special_shifted_chebyshev_polynomial_t
    special_shifted_chebyshev_polynomial_u special_shifted_chebyshev_polynomial_v
    special_shifted_chebyshev_polynomial_w special_spherical_bessel_j0 special_xlog1py special_zeta splitlines
    startswith std std_mean str strip swapcase sym_float sym_int sym_is_contiguous sym_ite sym_sum take tanhshrink
    tensordot title to_dense to_here to_mkldnn to_sparse to_sparse_bsc to_sparse_bsr to_sparse_csc to_sparse_csr
    trace triangular_solve tril_indices triplet_margin_loss triu triu_indices unbind unflatten_dense_tensors update
    upper value_selecting_reduction_backward values vander var var_mean view_as_complex view_as_real
    vmap_decrement_nesting vmap_increment_nesting wait warn wrap_with_autocast wrap_with_set_grad_enabled xlogy
    zfill autograd_grad grad_increment_nesting grad_decrement_nesting wrap_for_grad unwrap_for_grad
    set_tensor_requires_grad saved_tensors_hooks_disable saved_tensors_hooks_enable set_inplace_requires_grad_allowed
    """
)
"""Of aten, and of what Python calls."""

OWN_ONNX = _words(
    """
    Adagrad Adam Affine ArrayFeatureExtractor AttnLSTM BeamSearch BiasSplitGelu BifurcationDetector Binarizer
    BitCast BitShift BranchwiseRMSNorm CastMap CategoryMapper CausalConvWithState CenterCropPad ComplexMulConj
    Compress ConvStateReplay Crop CropAndResize DictVectorizer DisentangledAttention_TRT DynamicSlice
    DynamicSparseAttention DynamicTimeWarping EPContext EfficientNMS_TRT EngramGate FeatureVectorizer GRUUnit
    GatedAdd GatedDeltaNet GatedDeltaNetStateReplay GatedRMSNorm GatedRelativePositionBias GatherBlockQuantized
    GatherPacked GivenTensorFill GlobalLpPool Gradient GreedySearch Hardmax HyperConnectionLowRankMix
    HyperConnectionPostMix HyperConnectionPreMix ImageDecoder ImageScaler Imputer IsAllFinite LabelEncoder
    LinearAttention LinearAttentionGate LinearClassifier LinearRegressor LpNormalization MRotaryEmbedding
    Mamba2Verify MatMulBlockQuantizedFp4Weight MatMulBlockQuantizedFp8Weight MatMulNBitsMlp MatMulNBitsQLoRA
    MatMulNBitsQkv Mean MeanVarianceNormalization MelWeightMatrix MemcpyFromHost MemcpyToHost MoE MoEGroupRouter
    MoEPacked Momentum MulInteger MultilevelCropAndResize_TRT MurmurHash3 NGramHashMapping NGramRepeatBlock
    Normalizer OneHotEncoder Optional OptionalGetElement OptionalHasElement PackedSparseAttentionIndexer
    PackedSparseAttentionIndexerMerge ParametricSoftplus PyramidROIAlign_TRT QLinearAdd QLinearAveragePool
    QLinearConcat QLinearGlobalAveragePool QLinearLeakyRelu QLinearMul QLinearReduceMean QLinearSigmoid
    QLinearSoftmax QLinearWhere QMoE RMSNormRotary ReduceLogSum ReduceSumInteger ReduceSumSquare RegexFullMatch
    RelativePositionBias RemovePadding ReorderInput ReorderOutput RestorePadding ReverseSequence RouterGateUpProj
    SVMClassifier SVMRegressor SampleOp Sampling Scale ScaledTanh Scaler SequenceErase Shrink Snpe
    SparseAttentionIndexer SparsePagedAttention SpeculativePrefixCommit StringConcat StringNormalizer StringSplit
    SwiGLU TensorScatter TfIdfVectorizer Tokenizer TreeEnsemble TreeEnsembleClassifier TreeEnsembleRegressor
    VarlenCausalConvWithState VarlenNGramHashMapping WhisperBeamSearch WordConvEmbedding ZipMap
    """
)
"""Of ONNX and its preview and machine-learning domains, and of ONNX Runtime; canonical in lower case."""

OWN_PRIM = _words(
    """
    AddStatValue Assign AutogradAllNonZero AutogradAllZero AutogradAnyNonZero AutogradZero BailOut BailoutTemplate
    BreakStmt BroadcastMKLDNNTensors BroadcastSizes ChunkSizes Closure ComprehensionScope ContinueStmt
    CudaFusionGroup CudaFusionGuard DifferentiableGraph Drop EmptyListLiteral Enter EnumName EnumValue Eval Exit
    Expand FallbackGraph FunctionalGraph FusionGroup GradOf Guard HasAttr IfThenElse Jump JumpNZ JumpZ
    LegacyTypedConstructor Load LoopContinuation MKLDNNGroup MKLDNNScalarMul MMBatchSide MMTreeReduce MakeTestTensor
    ModuleContainerIndex PackPadded PadPacked Param Placeholder Print ReductionSizes RequiresGradCheck Return
    ReturnStmt Reverse SetAttr Starred StaticRuntimeCopyOuts StaticSubgraph Store StringIndex TensorExprDynamicGroup
    TensorExprDynamicGuard TensorExprGroup TimePoint TracedAttr TracedFork TracedModuleForward TypeCheck With
    awaitable awaitableClosure awaitable_nowait awaitable_wait data device dict dtype enumerate fork forkClosure
    grad id index is_cpu is_cuda is_ipu is_maia is_meta is_mkldnn is_mps is_mtia is_nested is_quantized is_sparse
    is_sparse_csr is_vulkan is_xla is_xpu isinstance itemsize layout list name nbytes oneDNNFusionGroup
    oneDNNFusionGuard profile profile_ivalue range requires_grad rpc_async rpc_remote rpc_sync tolist type zip
    """
)
"""Of TorchScript's ``prim``."""
