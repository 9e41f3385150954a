"""An image captioner's greedy decoding, which ends as soon as every sentence of the batch has its end token."""
import torch
from torch import nn


class CaptionDecoder(nn.Module):
    def __init__(self, vocab=7, dim=10, max_len=8, bos=0, eos=1):
        super().__init__()
        self.bos, self.eos, self.max_len = bos, eos, max_len
        self.embed = nn.Embedding(vocab, dim)
        self.cell = nn.GRUCell(dim, dim)
        self.project = nn.Linear(dim, vocab)

    def step(self, token, state):
        state = self.cell(self.embed(token), state)
        return self.project(state), state


class Captioner(nn.Module):
    def __init__(self, image_dim=6, dim=10):
        super().__init__()
        self.init_state = nn.Sequential(nn.Linear(image_dim, dim), nn.Tanh())
        self.decoder = CaptionDecoder(dim=dim)

    @torch.no_grad()  #@ capture-failure: script
    def forward(self, image):
        state = self.init_state(image)
        token = torch.full((image.shape[0],), self.decoder.bos, dtype=torch.long)
        finished = torch.zeros(image.shape[0], dtype=torch.bool)
        caption, log_prob = [], torch.zeros(image.shape[0])
        for _ in range(self.decoder.max_len):
            logits, state = self.decoder.step(token, state)
            best, token = logits.log_softmax(-1).max(-1)
            token = token.masked_fill(finished, self.decoder.eos)
            log_prob = log_prob + best.masked_fill(finished, 0.0)
            caption.append(token)
            finished = finished | (token == self.decoder.eos)
            if finished.all():  #@ baked-branch|unrolled-loop: trace onnx_ts; capture-failure: export onnx; graph-break: dynamo
                break
        return torch.stack(caption, dim=1), log_prob


def build_model():
    torch.manual_seed(145)
    return Captioner().eval()


def example_inputs():
    torch.manual_seed(0)
    return {f"image {i}": (torch.randn(2, 6) * 3,) for i in range(4)}
