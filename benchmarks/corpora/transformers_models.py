"""Architectures of transformers, small and with random weights, made from their configs alone."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata

import transformers  # pyright: ignore[reportMissingImports] - only where it is installed

from benchmarks.corpora.corpus import Corpus, CorpusModel

TEXT = '''"""{model} of transformers: random weights, small sizes."""

import torch
from transformers import {config_class}, {model}


def build_model():
    """Return the model in eval mode."""
    torch.manual_seed(0)
    return {model}({config_class}({config})).eval()


def example_inputs():
    """Return two examples of the same shapes."""
    return {{
        "first": ((), {inputs}),
        "second": ((), {inputs}),
    }}
'''

IDS = '"{name}": torch.randint(5, 90, (2, {length}))'
TOKENS = f"{{{IDS.format(name='input_ids', length=12)}}}"
MASKED = (
    f"{{{IDS.format(name='input_ids', length=12)}, "
    '"attention_mask": (torch.arange(12) < torch.tensor([[12], [9]])).long()}'
)
PAIRS = f"{{{IDS.format(name='input_ids', length=12)}, {IDS.format(name='decoder_input_ids', length=7)}}}"
IMAGE = '{"pixel_values": torch.randn(2, 3, 32, 32)}'
WAVE = '{"input_values": torch.randn(2, 1600)}'
TEXT_AND_IMAGE = (
    f"{{{IDS.format(name='input_ids', length=12)}, "
    '"attention_mask": torch.ones(2, 12, dtype=torch.long), "pixel_values": torch.randn(2, 3, 32, 32)}'
)

BERT = (
    "vocab_size=99, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64, "
    "max_position_embeddings=64"
)
LLAMA = (
    "vocab_size=99, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, "
    "intermediate_size=64, max_position_embeddings=64, pad_token_id=0, bos_token_id=1, eos_token_id=2"
)
GPT = "vocab_size=99, n_embd=32, n_layer=2, n_head=4, n_positions=64, bos_token_id=1, eos_token_id=2"
BART = (
    "vocab_size=99, d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4, "
    "decoder_attention_heads=4, encoder_ffn_dim=64, decoder_ffn_dim=64, max_position_embeddings=64"
)
T5 = "vocab_size=99, d_model=32, d_kv=8, d_ff=64, num_layers=2, num_heads=4, relative_attention_num_buckets=8"
VIT = "hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64, image_size=32, patch_size=8"
DETR = (
    "use_timm_backbone=False, use_pretrained_backbone=False, backbone=None, backbone_config=dict(model_type='resnet', "
    "embedding_size=8, hidden_sizes=[16, 32], depths=[1, 1], out_features=['stage2']), d_model=32, encoder_layers=2, "
    "decoder_layers=2, encoder_attention_heads=4, decoder_attention_heads=4, encoder_ffn_dim=64, decoder_ffn_dim=64, "
    "num_queries=6, num_labels=4"
)
SPEECHT5 = (
    "vocab_size=99, hidden_size=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4, "
    "decoder_attention_heads=4, encoder_ffn_dim=64, decoder_ffn_dim=64, conv_dim=(16, 16, 16), conv_stride=(5, 4, 4), "
    "conv_kernel=(10, 8, 4), num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=2, mask_time_prob=0.0, "
    "num_feat_extract_layers=3, num_mel_bins=8, speaker_embedding_dim=16, speech_decoder_prenet_units=16, "
    "speech_decoder_postnet_units=16, speech_decoder_postnet_layers=2, reduction_factor=2, max_speech_positions=64, "
    "max_text_positions=64, speech_decoder_prenet_dropout=0.0"
)
SPEECH = (
    "vocab_size=32, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64, "
    "conv_dim=(16, 16, 16), conv_stride=(5, 4, 4), conv_kernel=(10, 8, 4), num_conv_pos_embeddings=16, "
    "num_conv_pos_embedding_groups=2, mask_time_prob=0.0, num_feat_extract_layers=3"
)


@dataclass(frozen=True, slots=True)
class Architecture:
    """One model class with the config that makes it small."""

    model: str
    config: str
    inputs: str = TOKENS
    config_class: str = ""
    """Where it is not the model's name with ``Config`` in the place of ``Model``."""

    @property
    def caches(self) -> bool:
        """Whether it returns its cache of keys and values, as those do that are made to generate text."""
        return self.model.endswith(("LMHeadModel", "ForCausalLM"))


ARCHITECTURES = (
    # Decoders of text.
    Architecture("GPT2Model", GPT),
    Architecture("GPT2LMHeadModel", GPT, MASKED, "GPT2Config"),
    Architecture("GPTJModel", GPT + ", rotary_dim=4"),
    Architecture("GPTNeoModel", "vocab_size=99, hidden_size=32, num_layers=2, num_heads=4, max_position_embeddings=64, "
                 "attention_types=[[['global', 'local'], 1]], window_size=8"),
    Architecture("GPTNeoXModel", BERT),
    Architecture("CodeGenModel", GPT + ", rotary_dim=4"),
    Architecture("OPTModel", "vocab_size=99, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, ffn_dim=64, "
                 "max_position_embeddings=64, word_embed_proj_dim=32"),
    Architecture("BloomModel", "vocab_size=99, hidden_size=32, n_layer=2, n_head=4"),
    Architecture("FalconModel", "vocab_size=99, hidden_size=32, num_hidden_layers=2, num_attention_heads=4"),
    Architecture("LlamaModel", LLAMA),
    Architecture("LlamaForCausalLM", LLAMA, MASKED, "LlamaConfig"),
    Architecture("MistralModel", LLAMA + ", sliding_window=8"),
    Architecture("Qwen2Model", LLAMA),
    Architecture("Qwen3Model", LLAMA + ", head_dim=8"),
    Architecture("GemmaModel", LLAMA + ", head_dim=8"),
    Architecture("Gemma2Model", LLAMA + ", head_dim=8, sliding_window=8"),
    Architecture("PhiModel", LLAMA),
    Architecture("OlmoModel", LLAMA),
    Architecture("CohereModel", LLAMA),
    Architecture("StableLmModel", LLAMA),
    # Mixtures of experts.
    Architecture("MixtralModel", LLAMA + ", num_local_experts=4, num_experts_per_tok=2"),
    Architecture("Qwen2MoeModel", LLAMA + ", num_experts=4, num_experts_per_tok=2, moe_intermediate_size=32, "
                 "shared_expert_intermediate_size=32"),
    Architecture("SwitchTransformersModel", T5 + ", num_experts=4, expert_capacity=8, num_sparse_encoder_layers=1, "
                 "num_sparse_decoder_layers=1", PAIRS),
    Architecture("OlmoeModel", LLAMA + ", num_experts=4, num_experts_per_tok=2"),
    Architecture("GptOssModel", LLAMA + ", head_dim=8, num_local_experts=4, num_experts_per_tok=2, sliding_window=8"),
    # State-space and recurrent ones.
    Architecture("MambaModel", "vocab_size=99, hidden_size=32, num_hidden_layers=2, state_size=8"),
    Architecture("Mamba2Model", "vocab_size=99, hidden_size=32, num_hidden_layers=2, state_size=8, num_heads=8, "
                 "head_dim=8, n_groups=1, chunk_size=4"),
    Architecture("FalconMambaModel", "vocab_size=99, hidden_size=32, num_hidden_layers=2, state_size=8"),
    Architecture("JambaModel", LLAMA + ", num_experts=2, num_experts_per_tok=1, attn_layer_period=2, "
                 "attn_layer_offset=1, expert_layer_period=2, expert_layer_offset=1, use_mamba_kernels=False, "
                 "mamba_d_state=8, mamba_dt_rank=4"),
    Architecture("RwkvModel", "vocab_size=99, hidden_size=32, num_hidden_layers=2, context_length=64"),
    # Encoders of text.
    Architecture("BertModel", BERT, MASKED),
    Architecture("RobertaModel", BERT, MASKED),
    Architecture("DistilBertModel", "vocab_size=99, dim=32, n_layers=2, n_heads=4, hidden_dim=64, "
                 "max_position_embeddings=64", MASKED),
    Architecture("AlbertModel", BERT + ", embedding_size=16", MASKED),
    Architecture("ElectraModel", BERT + ", embedding_size=16", MASKED),
    Architecture("DebertaV2Model", BERT + ", relative_attention=True, pos_att_type=['p2c', 'c2p'], "
                 "position_buckets=8", MASKED),
    Architecture("XLNetModel", "vocab_size=99, d_model=32, n_layer=2, n_head=4, d_inner=64"),
    Architecture("LongformerModel", BERT + ", attention_window=4", MASKED),
    Architecture("FunnelModel", "vocab_size=99, block_sizes=[1, 1], num_decoder_layers=1, d_model=32, n_head=4, "
                 "d_head=8, d_inner=64"),
    Architecture("FNetModel", BERT),
    Architecture("MPNetModel", BERT, MASKED),
    Architecture("ModernBertModel", BERT + ", pad_token_id=0, bos_token_id=1, eos_token_id=2, cls_token_id=1, "
                 "sep_token_id=2", MASKED),
    # Encoder and decoder.
    Architecture("T5Model", T5, PAIRS),
    Architecture("BartModel", BART, PAIRS),
    Architecture("MBartModel", BART, PAIRS),
    Architecture("PegasusModel", BART, PAIRS),
    Architecture("LEDModel", BART.replace("max_position_embeddings=64", "max_encoder_position_embeddings=64, "
                 "max_decoder_position_embeddings=64, attention_window=4"), PAIRS),
    # Vision.
    Architecture("ViTModel", VIT, IMAGE),
    Architecture("DeiTModel", VIT, IMAGE),
    Architecture("BeitModel", VIT, IMAGE),
    Architecture("Dinov2Model", VIT, IMAGE),
    Architecture("SwinModel", "image_size=32, patch_size=2, embed_dim=16, depths=[1, 2], num_heads=[2, 4], "
                 "window_size=4", IMAGE),
    Architecture("ConvNextModel", "hidden_sizes=[8, 16], depths=[1, 2], num_stages=2", IMAGE),
    Architecture("ResNetModel", "embedding_size=8, hidden_sizes=[16, 32], depths=[1, 2]", IMAGE),
    Architecture("RegNetModel", "embedding_size=8, hidden_sizes=[16, 32], depths=[1, 2], groups_width=8", IMAGE),
    Architecture("MobileNetV2Model", "image_size=32, depth_multiplier=0.25", IMAGE),
    Architecture("SegformerModel", "num_encoder_blocks=2, depths=[1, 1], sr_ratios=[4, 2], hidden_sizes=[16, 32], "
                 "patch_sizes=[7, 3], strides=[4, 2], num_attention_heads=[1, 2], mlp_ratios=[2, 2], "
                 "decoder_hidden_size=16", IMAGE),
    Architecture("CLIPVisionModel", VIT, IMAGE),
    Architecture("DetrModel", DETR, IMAGE),
    Architecture("ConditionalDetrModel", DETR, IMAGE),
    Architecture("YolosModel", VIT.replace("image_size=32", "image_size=[32, 32]") + ", num_detection_tokens=5", IMAGE),
    Architecture("DPTModel", VIT, IMAGE),
    Architecture("VisionEncoderDecoderModel", f"encoder=dict(model_type='vit', {VIT}), decoder=dict(model_type='gpt2', "
                 f"add_cross_attention=True, is_decoder=True, use_cache=False, {GPT}), decoder_start_token_id=1, "
                 "pad_token_id=0",
                 f'{{"pixel_values": torch.randn(2, 3, 32, 32), {IDS.format(name="decoder_input_ids", length=7)}}}'),
    # Series of measurements.
    Architecture("PatchTSTModel", "num_input_channels=2, context_length=32, patch_length=8, patch_stride=8, "
                 "num_hidden_layers=2, d_model=32, num_attention_heads=4, ffn_dim=64",
                 '{"past_values": torch.randn(2, 32, 2)}'),
    # Speech.
    Architecture("UniSpeechModel", SPEECH, WAVE),
    Architecture("SpeechT5ForSpeechToText", SPEECHT5, f'{{"input_values": torch.randn(2, 1600), '
                 f'{IDS.format(name="decoder_input_ids", length=7)}}}', "SpeechT5Config"),
    Architecture("SpeechT5ForTextToSpeech", SPEECHT5, f'{{{IDS.format(name="input_ids", length=12)}, '
                 '"decoder_input_values": torch.randn(2, 6, 8), "speaker_embeddings": torch.randn(2, 16)}',
                 "SpeechT5Config"),
    Architecture("EncodecModel", "num_filters=4, hidden_size=16, upsampling_ratios=[4, 2], num_lstm_layers=1, "
                 "codebook_size=32, codebook_dim=16, target_bandwidths=[24.0]",
                 '{"input_values": torch.randn(2, 1, 320)}'),
    Architecture("Wav2Vec2Model", SPEECH, WAVE),
    Architecture("HubertModel", SPEECH, WAVE),
    Architecture("WhisperModel", BART.replace("max_position_embeddings=64, ", "").replace(
                 ", max_position_embeddings=64", "") + ", num_mel_bins=8, max_source_positions=16, "
                 "max_target_positions=32, pad_token_id=0, bos_token_id=1, eos_token_id=2, decoder_start_token_id=1",
                 f'{{"input_features": torch.randn(2, 8, 32), {IDS.format(name="decoder_input_ids", length=7)}}}'),
    Architecture("ASTModel", VIT.replace("image_size=32, patch_size=8", "patch_size=8, max_length=32, "
                 "num_mel_bins=16, frequency_stride=4, time_stride=4"), '{"input_values": torch.randn(2, 32, 16)}'),
    # Text and images.
    Architecture("CLIPModel", f"text_config=dict({BERT}, projection_dim=16), vision_config=dict({VIT}), "
                 "projection_dim=16", TEXT_AND_IMAGE),
    Architecture("ViltModel", BERT + ", image_size=32, patch_size=8", TEXT_AND_IMAGE),
)  # fmt: skip


def corpus() -> Corpus:
    """Return each architecture as a model file."""
    return Corpus(
        name="transformers",
        about="Architectures of transformers with random weights and small sizes, called by keywords in eval mode. "
        "Those made to generate text return their caches, the others not.",
        version=f"transformers {metadata.version('transformers')}",
        models=tuple(CorpusModel(name=one.model, text=_text(one)) for one in ARCHITECTURES),
        preload=_modeling_modules(),
    )


def _text(one: Architecture) -> str:
    config = one.config if one.caches else f"{one.config}, use_cache=False"
    return TEXT.format(model=one.model, config_class=_config_class(one), config=config, inputs=one.inputs)


def _config_class(one: Architecture) -> str:
    return one.config_class or one.model.removesuffix("Model") + "Config"


def _modeling_modules() -> tuple[str, ...]:
    """Return the modules that define the models: the worker imports them once instead of in every job."""
    classes = [getattr(transformers, one.model) for one in ARCHITECTURES]
    return tuple(dict.fromkeys(("transformers", *(one.__module__ for one in classes))))
