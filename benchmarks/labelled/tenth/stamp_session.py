"""STAMP, a session recommender: attention over a padded session, queried by its last item and its mean."""
import torch
from torch import nn


class STAMP(nn.Module):
    def __init__(self, config):
        super().__init__()
        d = config["embedding_size"]
        self.pad = config.get("pad", 0)
        self.item_embedding = nn.Embedding(config["n_items"], d, padding_idx=self.pad)
        self.w1 = nn.Linear(d, d, bias=False)
        self.w2 = nn.Linear(d, d, bias=False)
        self.w3 = nn.Linear(d, d, bias=True)
        self.w0 = nn.Linear(d, 1, bias=False)
        self.mlp_a = nn.Sequential(nn.Linear(d, d), nn.Tanh())
        self.mlp_b = nn.Sequential(nn.Linear(d, d), nn.Tanh())

    def last_items(self, emb, mask):
        lengths = mask.sum(1).tolist()  #@ baked-constant: onnx_ts; capture-failure: script; graph-break: dynamo
        rows = [emb[i, n - 1] for i, n in enumerate(lengths)]
        return torch.stack(rows)

    def attend(self, emb, last, mean, mask):
        a = self.w0(torch.sigmoid(self.w1(emb) + self.w2(last)[:, None] + self.w3(mean)[:, None])).squeeze(-1)
        return (a.masked_fill(~mask, 0.0).unsqueeze(-1) * emb).sum(1)

    def forward(self, item_seq):
        mask = item_seq != self.pad
        emb = self.item_embedding(item_seq)
        last = self.last_items(emb, mask)
        mean = emb.sum(1) / mask.sum(1, keepdim=True)
        ma = self.attend(emb, last, mean, mask) + last
        seq_output = self.mlp_a(ma) * self.mlp_b(last)
        return {"session": seq_output, "scores": seq_output @ self.item_embedding.weight.t()}  #@ capture-failure: trace


def build_model():
    torch.manual_seed(0)
    return STAMP({"n_items": 30, "embedding_size": 8}).eval()


def example_inputs():
    return {
        "short": (torch.tensor([[4, 9, 0, 0, 0], [7, 2, 12, 0, 0]]),),
        "long": (torch.tensor([[4, 9, 21, 6, 1], [7, 2, 0, 0, 0]]),),
        "same lengths": (torch.tensor([[11, 29, 0, 0, 0], [5, 5, 3, 0, 0]]),),
    }
