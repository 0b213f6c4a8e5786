"""Trains a network of encoder/vision in PyTorch for benchmarks/oneshot, which talks to it.

Each line of standard input is a request, each line of standard output its answer, both JSON.

  {"op": "version"}                                 -> {"version": V}
  {"op": "train", "spec": ARCHITECTURE, "ways": P, "shots": K, "steps": N, "threads": T, "channels_last": B}
      builds the network, takes N steps on P * K random pictures, and then N more
      -> {"seconds": of the latter}                  or {"error": why not}
"""
import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    """Convolution, batch normalisation, the input added if it is to be skipped over, ReLU."""

    def __init__(self, channels, out, size, skip):
        super().__init__()
        self.conv = nn.Conv2d(channels, out, size, padding=size // 2, bias=False)
        self.norm = nn.BatchNorm2d(out)
        self.skip = skip

    def forward(self, x):
        z = self.norm(self.conv(x))
        return F.relu(z + x if self.skip else z, inplace=True)


class Mean(nn.Module):
    def forward(self, x):
        return x.mean((2, 3))


def build(spec):
    """Gives the network of an architecture and the shape (channels, height, width) of its input."""
    steps = [s.split() for s in spec.split(",")]
    width, height = map(int, steps[0][1].split("x"))
    channels = 3 if steps[0][2] == "colour" else 1
    shape, layers = (channels, height, width), []
    for verb, *args in steps[1:]:
        if verb == "conv":
            layers.append(Block(channels, int(args[0]), int(args[1].split("x")[0]), "skip" in args))
            channels = int(args[0])
        elif verb == "pool":
            layers.append(nn.MaxPool2d(2))
            width, height = width // 2, height // 2
        elif verb == "mean":
            layers.append(Mean())
            width = height = 1
        elif verb == "dense":
            layers += [nn.Flatten(), nn.Linear(width * height * channels, int(args[0]))]
        else:
            raise ValueError("unknown step " + verb)
    return nn.Sequential(*layers), shape


def info_nce(y, ways, shots, temperature):
    """Every picture against every other of the batch; those of its class match."""
    u = F.normalize(y)
    logits = u @ u.T / temperature
    n = ways * shots
    own = torch.arange(n) % ways
    match = (own[:, None] == own[None, :]) & ~torch.eye(n, dtype=torch.bool)
    logits = logits.masked_fill(torch.eye(n, dtype=torch.bool), float("-inf"))
    log_share = logits - torch.logsumexp(logits, 1, keepdim=True)
    return -log_share[match].mean()


def train(r):
    torch.set_num_threads(r["threads"])
    torch.manual_seed(1)
    net, shape = build(r["spec"])
    x = torch.rand(r["ways"] * r["shots"], *shape)
    if r.get("channels_last"):
        net, x = net.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=.05)

    def step():
        optimiser.zero_grad(set_to_none=True)
        info_nce(net(x), r["ways"], r["shots"], .1).backward()
        nn.utils.clip_grad_norm_(net.parameters(), 5)
        optimiser.step()

    for _ in range(r["steps"]):
        step()
    start = time.perf_counter()
    for _ in range(r["steps"]):
        step()
    return {"seconds": time.perf_counter() - start}


def main():
    for line in sys.stdin:
        r = json.loads(line)
        try:
            answer = {"version": torch.__version__} if r["op"] == "version" else train(r)
        except Exception as e:
            answer = {"error": f"{type(e).__name__}: {e}"}
        print(json.dumps(answer), flush=True)


main()
