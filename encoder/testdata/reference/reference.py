"""Makes losses.json and step.json, the trace that the Go tests compare with.

Everything is in float64 and written the slow way, term by term as the papers have
it, so that it shares nothing with what it checks but the definitions. Derivatives
are PyTorch's.
"""
import json
import math
import random

import torch

torch.set_default_dtype(torch.float64)
MASKED, MATCH, DIFFER = 0, 1, 2


def distances(u, kind):
    dots = u @ u.T
    if kind == "cosine":
        return 1 - dots
    off = ~torch.eye(len(u), dtype=torch.bool)
    d = torch.zeros_like(dots)
    d[off] = torch.sqrt(2 - 2 * dots[off])
    return d


def mean(terms):
    kept = [t for t in terms if t.item() > 0]
    return sum(kept) / len(kept) if kept else torch.zeros(())


def pairs(rel, what):
    n = len(rel)
    return [(i, j) for i in range(n) for j in range(i + 1, n) if rel[i][j] == what]


def contrastive(d, rel, margin, t):
    pull = mean([d[i, j] ** 2 for i, j in pairs(rel, MATCH)])
    push = mean([torch.relu(margin - d[i, j]) ** 2 for i, j in pairs(rel, DIFFER)])
    return pull + push


def online(d, rel, margin, t):
    far = max(d[p].item() for p in pairs(rel, MATCH))
    near = min(d[p].item() for p in pairs(rel, DIFFER))
    pull = mean([d[p] ** 2 for p in pairs(rel, MATCH) if d[p].item() > near])
    push = mean([torch.relu(margin - d[p]) ** 2 for p in pairs(rel, DIFFER) if d[p].item() < far])
    return pull + push


def sides(rel, a):
    n = len(rel)
    return [j for j in range(n) if rel[a][j] == MATCH], [j for j in range(n) if rel[a][j] == DIFFER]


def triplet_all(d, rel, margin, t):
    terms = []
    for a in range(len(rel)):
        ps, ns = sides(rel, a)
        terms += [torch.relu(d[a, p] - d[a, n] + margin) for p in ps for n in ns]
    return mean(terms)


def triplet_semi_hard(d, rel, margin, t):
    terms = []
    for a in range(len(rel)):
        ps, ns = sides(rel, a)
        for p in ps:
            inside = [n for n in ns if d[a, p].item() < d[a, n].item() < d[a, p].item() + margin]
            if inside:
                n = min(inside, key=lambda n: d[a, n].item())
                terms.append(torch.relu(d[a, p] - d[a, n] + margin))
    return mean(terms)


def hardest(d, rel):
    for a in range(len(rel)):
        ps, ns = sides(rel, a)
        if ps and ns:
            yield max(d[a, p] for p in ps) - min(d[a, n] for n in ns)


def triplet_hard(d, rel, margin, t):
    return mean([torch.relu(x + margin) for x in hardest(d, rel)])


def triplet_soft(d, rel, margin, t):
    return mean([torch.nn.functional.softplus(x / t) for x in hardest(d, rel)])


def infonce(d, rel, margin, t):
    terms = []
    for a in range(len(rel)):
        ps, ns = sides(rel, a)
        if ps and ns:
            total = torch.logsumexp(torch.stack([-d[a, j] / t for j in ps + ns]), 0)
            terms.append(sum(total + d[a, p] / t for p in ps) / len(ps))
    return mean(terms)


def cosent(d, rel, margin, t):
    gaps = [(d[p] - d[n]) / t for p in pairs(rel, MATCH) for n in pairs(rel, DIFFER)]
    return torch.logsumexp(torch.stack([torch.zeros(())] + gaps), 0)


def prototype(v, kind, rel, support, t):
    """Over the vectors themselves: the mean is made, and its squared Euclidean distance taken.

    kind is of no consequence: half the squared distance of unit vectors is their cosine distance."""
    u = v / v.norm(dim=1, keepdim=True)
    terms = []
    for q in range(len(rel)):
        if support is not None and support[q]:
            continue
        own, others = [], []
        for members in cliques(rel, support):
            seen = [s for s in members if rel[q][s] != MASKED]
            kinds = {rel[q][s] for s in seen}
            if len(kinds) == 1:
                far = ((u[q] - sum(u[s] for s in seen) / len(seen)) ** 2).sum() / 2
                (own if kinds == {MATCH} else others).append(-far / t)
        if own and others:
            total = torch.logsumexp(torch.stack(own + others), 0)
            terms.append(sum(total - x for x in own) / len(own))
    return sum(terms) / len(terms)


def cliques(rel, support):
    """Supports in order, each to the first class all of which it matches."""
    classes = []
    for i in range(len(rel)):
        if support is not None and not support[i]:
            continue
        fitting = [c for c in classes if all(rel[i][m] == MATCH for m in c)]
        if fitting:
            fitting[0].append(i)
        else:
            classes.append([i])
    return classes


LOSSES = {
    "infonce": infonce, "contrastive": contrastive, "online-contrastive": online, "triplet-all": triplet_all,
    "triplet-semi-hard": triplet_semi_hard, "triplet-hard": triplet_hard, "triplet-soft": triplet_soft, "cosent": cosent,
}


def relations(n, rng):
    """Three entities, some pairs unknown."""
    group = [rng.randrange(3) for _ in range(n)]
    rel = [[MASKED] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1, n):
            if rng.random() < .85:
                rel[i][j] = rel[j][i] = MATCH if group[i] == group[j] else DIFFER
    return rel


def losses():
    rng = random.Random(4)
    cases = []
    for name, loss in LOSSES.items():
        for kind in ("cosine", "euclidean"):
            n, dim, margin, t = 9, 5, .6, .3
            rel = relations(n, rng)
            v = torch.tensor([[rng.gauss(0, 1) for _ in range(dim)] for _ in range(n)], requires_grad=True)
            value = loss(distances(v / v.norm(dim=1, keepdim=True), kind), rel, margin, t)
            value.backward()
            cases.append({"loss": name, "distance": kind, "margin": margin, "temperature": t, "n": n, "dim": dim,
                          "rel": sum(rel, []), "v": v.flatten().tolist(), "value": value.item(), "grad": v.grad.flatten().tolist()})
    return cases


def episodes():
    """The prototype loss: every record both support and query, some pairs unknown; then two supports
    of each class and nothing unknown."""
    rng = random.Random(6)
    cases = []
    for support in (None, [True, True] * 3 + [False] * 6):
        for kind in ("cosine", "euclidean"):
            n, dim, t = 12, 5, .3
            if support is None:
                rel = relations(n, rng)
            else:
                group = [0, 0, 1, 1, 2, 2, 0, 1, 2, 0, 1, 2]
                rel = [[MASKED if i == j else MATCH if group[i] == group[j] else DIFFER for j in range(n)] for i in range(n)]
            v = torch.tensor([[rng.gauss(0, 1) for _ in range(dim)] for _ in range(n)], requires_grad=True)
            value = prototype(v, kind, rel, support, t)
            value.backward()
            cases.append({"loss": "prototype", "distance": kind, "margin": 0, "temperature": t, "n": n, "dim": dim, "support": support,
                          "rel": sum(rel, []), "v": v.flatten().tolist(), "value": value.item(), "grad": v.grad.flatten().tolist()})
    return cases


def step():
    """Two AdamW steps of a network of 4 features positions, 2 number codes, dimension 4."""
    rng = random.Random(5)
    n, sketch, codes, dim, gains, fields = 6, 8, 16, 4, 5, 3
    size = sketch + codes

    def tensor(*shape, scale=1.0):
        flat = [rng.gauss(0, scale) for _ in range(math.prod(shape))]
        return torch.tensor(flat).reshape(shape)

    terms = [[{"weight": rng.gauss(0, 1), "pos": rng.randrange(sketch), "gain": rng.randrange(-1, gains), "field": rng.randrange(2)}
              for _ in range(rng.randrange(4, 9))] for _ in range(n)]
    code, dense0 = tensor(n, codes), tensor(dim, size, scale=.5)
    p = {"gain": tensor(gains, scale=.2), "field": tensor(fields, scale=.2), "number": tensor(1, scale=.3), "dense": tensor(dim, size, scale=.1)}
    start = {k: v.flatten().tolist() for k, v in p.items()}
    rates, decay, prefixes, t = {"gain": .02, "field": .01, "number": .01, "dense": .003}, .1, [2, 4], .2
    for v in p.values():
        v.requires_grad_(True)
    rel = relations(n, rng)
    optimiser = torch.optim.AdamW([{"params": [p[k]], "lr": rates[k]} for k in p], betas=(.9, .99), eps=1e-8, weight_decay=decay)
    values, grads = [], []
    for _ in range(2):
        rows = []
        for i in range(n):
            text = [torch.zeros(()) for _ in range(sketch)]
            for f in terms[i]:
                w = f["weight"] * torch.exp(p["field"][f["field"]])
                if f["gain"] >= 0:
                    w = w * torch.exp(p["gain"][f["gain"]])
                text[f["pos"]] = text[f["pos"]] + w
            text = torch.stack(text)
            rows.append(torch.cat([text / text.norm(), code[i] * p["number"][0]]))
        y = torch.stack(rows) @ (dense0 + p["dense"]).T
        loss = sum(infonce(distances(y[:, :w] / y[:, :w].norm(dim=1, keepdim=True), "cosine"), rel, 0, t) for w in prefixes) / len(prefixes)
        optimiser.zero_grad()
        loss.backward()
        values.append(loss.item())
        grads.append({k: v.grad.flatten().tolist() for k, v in p.items()})
        optimiser.step()
    return {"n": n, "sketch": sketch, "dim": dim, "prefixes": prefixes, "temperature": t, "decay": decay, "rates": rates,
            "terms": terms, "code": code.flatten().tolist(), "dense0": dense0.flatten().tolist(), "rel": sum(rel, []), "start": start,
            "values": values, "grads": grads, "end": {k: v.detach().flatten().tolist() for k, v in p.items()}}


def main():
    for name, content in (("losses", losses() + episodes()), ("step", step())):
        with open(name + ".json", "w") as f:
            f.write(json.dumps(content, separators=(",", ":")).replace("},{", "},\n{") + "\n")


main()
