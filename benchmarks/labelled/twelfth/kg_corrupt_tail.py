"""Knowledge-graph embedding (DistMult): every call scores the triples against tails shifted by a random offset."""
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

SEQUENCE = True


def corrupt(tails, num_entities: int):
    offset = int(np.random.randint(1, num_entities))  #@ baked-random|capture-failure: trace; baked-random: export onnx onnx_ts; capture-failure: script; graph-break: dynamo
    return (tails + offset) % num_entities


class DistMult(nn.Module):
    def __init__(self, num_entities: int = 23, num_relations: int = 4, dim: int = 8, margin: float = 1.0):
        super().__init__()
        self.num_entities = num_entities
        self.margin = margin
        self.entity = nn.Embedding(num_entities, dim)
        self.relation = nn.Embedding(num_relations, dim)

    def score(self, heads, relations, tails):
        return (self.entity(heads) * self.relation(relations) * self.entity(tails)).sum(dim=-1)

    def forward(self, heads, relations, tails):
        positive = self.score(heads, relations, tails)
        negative = self.score(heads, relations, corrupt(tails, self.num_entities))
        loss = F.relu(self.margin - positive + negative)
        return loss, positive


def build_model():
    torch.manual_seed(0)
    return DistMult()


def example_inputs():
    torch.manual_seed(3)
    def triples():
        return torch.randint(0, 23, (5,)), torch.randint(0, 4, (5,)), torch.randint(0, 23, (5,))
    return {"first": triples(), "second": triples(), "third": triples()}
