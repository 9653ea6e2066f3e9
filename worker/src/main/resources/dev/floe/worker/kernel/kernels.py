# The kernel library: TorchScript in its serialized dialect, compiled by libtorch itself when the archive is loaded.
# N: tokens of a batch laid end to end, R: rows, L: longest row, H: heads, K: key-value heads, D: head size, C: cache capacity, V: virtual tokens.
# What may be absent, such as a bias, is a list of no or one tensor, since the dialect's callers have no None.
# Compute runs in the type of the stream, float32 or bfloat16, which embed decides: a trained tensor is float32 and cast where it meets the stream
# (like), so its gradient comes back in float32. Statistics of norms, softmax and the loss are float32 throughout. Types by number: 6 float32, 15 bfloat16.

class Kernels(Module):
  __parameters__ = []
  __buffers__ = []

  # a copy of x in a type by its number
  def cast(self: __torch__.Kernels, x: Tensor, type: int) -> Tensor:
    return torch.to(x, type, False, True)

  # x in the type of y
  def like(self: __torch__.Kernels, x: Tensor, y: Tensor) -> Tensor:
    return torch.to(x, ops.prim.dtype(y))

  # ids [N], table [vocabulary, hidden] -> [N, hidden] in the type of compute
  def embed(self: __torch__.Kernels, ids: Tensor, table: Tensor, type: int) -> Tensor:
    return torch.to(torch.embedding(table, ids), type)

  # x [N, in], w [out, in] -> [N, out]
  def linear(self: __torch__.Kernels, x: Tensor, w: Tensor, bias: List[Tensor]) -> Tensor:
    y = torch.linear(x, self.like(w, x))
    if torch.len(bias) > 0:
      y = torch.add(y, self.like(bias[0], x))
    return y

  def rms_norm(self: __torch__.Kernels, x: Tensor, w: Tensor, eps: float) -> Tensor:
    wide = torch.to(x, 6)
    variance = torch.mean(torch.mul(wide, wide), [-1], True)
    normed = torch.mul(wide, torch.rsqrt(torch.add(variance, eps)))
    return torch.mul(self.like(w, x), self.like(normed, x))

  # arXiv 1607.06450
  def layer_norm(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor, eps: float) -> Tensor:
    return torch.layer_norm(x, [torch.size(x, -1)], self.like(w, x), self.like(b, x), eps)

  # sum and norm of a residual branch in one call: (x + y, norm(x + y))
  def add_rms_norm(self: __torch__.Kernels, x: Tensor, y: Tensor, w: Tensor, eps: float) -> Tuple[Tensor, Tensor]:
    total = torch.add(x, y)
    return (total, self.rms_norm(total, w, eps))

  def activate(self: __torch__.Kernels, x: Tensor, name: str) -> Tensor:
    if name == "silu":
      y = torch.silu(x)
    elif name == "tanh":
      y = torch.tanh(x)
    elif name == "relu":
      y = torch.relu(x)
    elif name == "gelu":
      y = torch.gelu(x)
    else:
      y = torch.gelu(x, approximate="tanh")
    return y

  # the gated half of a LLaMA MLP: act(gate) * up
  def gated(self: __torch__.Kernels, gate: Tensor, up: Tensor, name: str) -> Tensor:
    return torch.mul(self.activate(gate, name), up)

  # x [rows, columns] -> [rows]
  def row_lengths(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.linalg_vector_norm(torch.to(x, 6), 2, [1])

  # LoRA: W x + scale B A dropout(x); a [rank, in], b [out, rank].
  # With DoRA's lengths [out] the rows of V = W + scale B A get them: with r = lengths / |V|, where |V| has no gradient,
  # W x + (r - 1) W z + r scale B A z and z = dropout(x)
  def lora(self: __torch__.Kernels, x: Tensor, w: Tensor, bias: List[Tensor], a: Tensor, b: Tensor, lengths: List[Tensor], scale: float, dropout: float) -> Tensor:
    z = x
    if dropout > 0.:
      z = torch.dropout(x, dropout, True)
    low = torch.mul(torch.linear(torch.linear(z, self.like(a, x)), self.like(b, x)), scale)
    if torch.len(lengths) == 0:
      y = torch.add(self.linear(x, w, bias), low)
    else:
      v = torch.detach(torch.add(self.like(w, a), torch.matmul(b, a), alpha=scale))
      ratio = self.like(torch.div(lengths[0], self.row_lengths(v)), x)
      base = torch.linear(x, self.like(w, x))
      dropped = base
      if dropout > 0.:
        dropped = torch.linear(z, self.like(w, x))
      y = torch.add(base, torch.add(torch.mul(torch.sub(ratio, 1.), dropped), torch.mul(ratio, low)))
      if torch.len(bias) > 0:
        y = torch.add(y, self.like(bias[0], x))
    return y

  # rows [M] of matrices laid end to end, each [.., width], in the first one's type -> [M, width]
  def pick(self: __torch__.Kernels, matrices: List[Tensor], rows: Tensor) -> Tensor:
    if torch.len(matrices) == 1:
      all = matrices[0]
    else:
      same = annotate(List[Tensor], [])
      for i in range(torch.len(matrices)):
        _0 = torch.append(same, self.like(matrices[i], matrices[0]))
      all = torch.cat(same, 0)
    return torch.index_select(all, 0, rows)

  # linears with an activation between them; weights: [out, in] and bias [out] of each in turn; x [N, in] -> [N, last out]
  def mlp(self: __torch__.Kernels, x: Tensor, weights: List[Tensor], name: str) -> Tensor:
    y = x
    for i in range(torch.floordiv(torch.len(weights), 2)):
      if i > 0:
        y = self.activate(y, name)
      y = torch.linear(y, weights[torch.mul(i, 2)], weights[torch.add(torch.mul(i, 2), 1)])
    return y

  # bidirectional LSTM from a zero state; weights as PyTorch lists them: per layer and direction input, recurrent, and their biases; x [T, in] -> [T, 2 * hidden]
  def lstm(self: __torch__.Kernels, x: Tensor, weights: List[Tensor], hidden: int, layers: int) -> Tensor:
    start = torch.zeros([torch.mul(layers, 2), 1, hidden], dtype=ops.prim.dtype(x), layout=None, device=ops.prim.device(x), pin_memory=False)
    y, _0, _1, = torch.lstm(torch.unsqueeze(x, 0), [start, start], weights, True, layers, 0., False, True, True)
    return torch.squeeze(y, 0)

  # (IA)^3 (arXiv 2205.05638): factors of as many elements as there are outputs, or inputs
  def ia3(self: __torch__.Kernels, x: Tensor, w: Tensor, bias: List[Tensor], factors: Tensor, of_input: bool) -> Tensor:
    l = self.like(torch.flatten(factors), x)
    if of_input:
      y = self.linear(torch.mul(x, l), w, bias)
    else:
      y = torch.mul(self.linear(x, w, bias), l)
    return y

  # s up(act(down(dropout(x)))); down [bottleneck, in], up [out, bottleneck]
  def bottleneck(self: __torch__.Kernels, x: Tensor, down: Tensor, up: Tensor, name: str, dropout: float) -> Tensor:
    z = x
    if dropout > 0.:
      z = torch.dropout(x, dropout, True)
    return torch.linear(self.activate(torch.linear(z, self.like(down, x)), name), self.like(up, x))

  # series adapter on what comes out of the linear: with y = W x, y + s f(y)
  def series_output(self: __torch__.Kernels, x: Tensor, w: Tensor, bias: List[Tensor], down: Tensor, up: Tensor, name: str, scale: float, dropout: float) -> Tensor:
    y = self.linear(x, w, bias)
    return torch.add(y, self.bottleneck(y, down, up, name, dropout), alpha=scale)

  # series adapter on what goes into the linear: W (x + s f(x))
  def series_input(self: __torch__.Kernels, x: Tensor, w: Tensor, bias: List[Tensor], down: Tensor, up: Tensor, name: str, scale: float, dropout: float) -> Tensor:
    return self.linear(torch.add(x, self.bottleneck(x, down, up, name, dropout), alpha=scale), w, bias)

  # parallel adapter: W x + s f(x)
  def parallel(self: __torch__.Kernels, x: Tensor, w: Tensor, bias: List[Tensor], down: Tensor, up: Tensor, name: str, scale: float, dropout: float) -> Tensor:
    return torch.add(self.linear(x, w, bias), self.bottleneck(x, down, up, name, dropout), alpha=scale)

  # tensors [r, ..] or [.., r] filled up with zeros to r = most along a dimension, laid end to end along it
  def filled(self: __torch__.Kernels, tensors: List[Tensor], most: int, dim: int) -> Tensor:
    parts = annotate(List[Tensor], [])
    for i in range(torch.len(tensors)):
      t = tensors[i]
      _0 = torch.append(parts, t)
      missing = torch.sub(most, torch.size(t, dim))
      if missing > 0:
        if dim == 0:
          shape = [missing, torch.size(t, 1)]
        else:
          shape = [torch.size(t, 0), missing]
        _1 = torch.append(parts, torch.zeros(shape, dtype=ops.prim.dtype(t), layout=None, device=ops.prim.device(t), pin_memory=False))
    return torch.cat(parts, dim)

  # scale second(act(first(dropout(x)))) of n jobs, whose slices of x [n * T, in] are equally long; first [r, in] and second [out, r] of each.
  # Of several jobs in one batched product, for which ranks r are filled up to the largest: act(0) = 0, so nothing comes of the zeros
  def low_rank(self: __torch__.Kernels, x: Tensor, first: List[Tensor], second: List[Tensor], most: int, name: str, scales: List[float], dropout: float, seed: int) -> Tensor:
    n = torch.len(first)
    type = ops.prim.dtype(x)
    if n == 1:
      z = x
      if dropout > 0.:
        torch.manual_seed(seed)
        z = torch.dropout(x, dropout, True)
      low = torch.linear(z, torch.to(first[0], type))
      if name != "":
        low = self.activate(low, name)
      y = torch.mul(torch.linear(low, torch.to(second[0], type)), scales[0])
    else:
      down = torch.view(torch.to(self.filled(first, most, 0), type), [n, most, -1])
      up = torch.view(torch.to(self.filled(second, most, 1), type), [-1, n, most])
      low = torch.bmm(torch.view(x, [n, -1, torch.size(x, 1)]), torch.transpose(down, 1, 2))
      if name != "":
        low = self.activate(low, name)
      factors = torch.tensor(scales, dtype=type, device=ops.prim.device(x), requires_grad=False)
      y = torch.flatten(torch.bmm(torch.mul(low, torch.view(factors, [n, 1, 1])), torch.permute(up, [1, 2, 0])), 0, 1)
    return y

  # y with what jobs do to their slices of it. x and y [N, ..] are cut into groups of tokens[g] tokens, of counts[g] jobs that act alike: with f as in low_rank
  # kind 0 does nothing, 1 is y + f(x), 2 is y + f(y), 3 is first * y. A group of several jobs has slices of the same length, unless it does nothing
  def act_on_slices(self: __torch__.Kernels, x: Tensor, y: Tensor, counts: List[int], tokens: List[int], kinds: List[int], most: List[int], names: List[str], dropouts: List[float], seeds: List[int], first: List[Tensor], second: List[Tensor], scales: List[float]) -> Tensor:
    parts = annotate(List[Tensor], [])
    start = 0
    job = 0
    for g in range(torch.len(counts)):
      end = torch.add(start, tokens[g])
      after = torch.add(job, counts[g])
      own = torch.slice(y, 0, start, end)
      p = torch.slice(first, job, after)
      q = torch.slice(second, job, after)
      s = torch.slice(scales, job, after)
      if kinds[g] == 1:
        part = torch.add(own, self.low_rank(torch.slice(x, 0, start, end), p, q, most[g], names[g], s, dropouts[g], seeds[g]))
      elif kinds[g] == 2:
        part = torch.add(own, self.low_rank(own, p, q, most[g], names[g], s, dropouts[g], seeds[g]))
      elif kinds[g] == 3:
        factors = torch.view(torch.to(torch.cat(p, 0), ops.prim.dtype(y)), [counts[g], 1, -1])
        part = torch.flatten(torch.mul(torch.view(own, [counts[g], -1, torch.size(y, 1)]), factors), 0, 1)
      else:
        part = own
      _0 = torch.append(parts, part)
      start = end
      job = after
    return torch.cat(parts, 0)

  # a linear of which jobs change what comes out, each for its slice; see act_on_slices
  def sliced_linear(self: __torch__.Kernels, x: Tensor, w: Tensor, bias: List[Tensor], counts: List[int], tokens: List[int], kinds: List[int], most: List[int], names: List[str], dropouts: List[float], seeds: List[int], first: List[Tensor], second: List[Tensor], scales: List[float]) -> Tensor:
    return self.act_on_slices(x, self.linear(x, w, bias), counts, tokens, kinds, most, names, dropouts, seeds, first, second, scales)

  # rows from (inclusive) to (exclusive)
  def rows_of(self: __torch__.Kernels, x: Tensor, start: int, end: int) -> Tensor:
    return torch.slice(x, 0, start, end)

  # matrices laid end to end
  def end_to_end(self: __torch__.Kernels, parts: List[Tensor]) -> Tensor:
    return torch.cat(parts, 0)

  # rotary embedding (arXiv 2104.09864) of pairs of a head's dimensions, (i, i + D / 2) or, interleaved, (2 i, 2 i + 1): x [N, heads, D]; cos, sin [N, D]
  def turn(self: __torch__.Kernels, x: Tensor, cos: Tensor, sin: Tensor, interleaved: bool) -> Tensor:
    size = torch.size(x, -1)
    if interleaved:
      first = torch.slice(x, -1, 0, size, 2)
      second = torch.slice(x, -1, 1, size, 2)
      turned = torch.flatten(torch.stack([torch.neg(second), first], -1), -2)
    else:
      half = torch.floordiv(size, 2)
      turned = torch.cat([torch.neg(torch.slice(x, -1, half, size)), torch.slice(x, -1, 0, half)], -1)
    return torch.add(torch.mul(x, torch.unsqueeze(self.like(cos, x), 1)), torch.mul(turned, torch.unsqueeze(self.like(sin, x), 1)))

  # rotary embedding of the first P dimensions of each head; the others pass. x [N, heads, D]; rotary: none, or cos and sin [N, P]
  def rotate(self: __torch__.Kernels, x: Tensor, rotary: List[Tensor], interleaved: bool) -> Tensor:
    if torch.len(rotary) == 0:
      y = x
    elif torch.size(rotary[0], 1) == torch.size(x, -1):
      y = self.turn(x, rotary[0], rotary[1], interleaved)
    else:
      part = torch.size(rotary[0], 1)
      turned = self.turn(torch.slice(x, -1, 0, part), rotary[0], rotary[1], interleaved)
      y = torch.cat([turned, torch.slice(x, -1, part, torch.size(x, -1))], -1)
    return y

  # the rotated queries [N, H, D] and keys [N, K, D], and the values [N, K, D], of q [N, H * D], k and v [N, K * D], or of one fused [N, H * 3 * D]
  def heads_of(self: __torch__.Kernels, qkv: List[Tensor], rotary: List[Tensor], interleaved: bool, heads: int, key_value_heads: int) -> Tuple[Tensor, Tensor, Tensor]:
    n = torch.size(qkv[0], 0)
    if torch.len(qkv) == 1:
      fused = torch.view(qkv[0], [n, heads, 3, torch.floordiv(torch.size(qkv[0], 1), torch.mul(heads, 3))])
      q = torch.select(fused, 2, 0)
      k = torch.select(fused, 2, 1)
      v = torch.select(fused, 2, 2)
    else:
      size = torch.floordiv(torch.size(qkv[0], 1), heads)
      q = torch.view(qkv[0], [n, heads, size])
      k = torch.view(qkv[1], [n, key_value_heads, size])
      v = torch.view(qkv[2], [n, key_value_heads, size])
    return (self.rotate(q, rotary, interleaved), self.rotate(k, rotary, interleaved), v)

  # rows of a batch laid end to end, x [N, heads, D], to [R, heads, L, D]; slots [N]: row * L + position
  def scatter_rows(self: __torch__.Kernels, x: Tensor, slots: Tensor, rows: int, longest: int) -> Tensor:
    cells = torch.mul(rows, longest)
    if torch.size(x, 0) == cells:
      padded = x
    else:
      blank = torch.zeros([cells, torch.size(x, 1), torch.size(x, 2)], dtype=ops.prim.dtype(x), layout=None, device=ops.prim.device(x), pin_memory=False)
      padded = torch.index_copy(blank, 0, slots, x)
    return torch.transpose(torch.view(padded, [rows, longest, torch.size(x, 1), torch.size(x, 2)]), 1, 2)

  # the inverse of scatter_rows with heads joined: [R, heads, L, D] to [N, heads * D]
  def gather_rows(self: __torch__.Kernels, x: Tensor, slots: Tensor) -> Tensor:
    cells = torch.mul(torch.size(x, 0), torch.size(x, 2))
    joined = torch.reshape(torch.transpose(x, 1, 2), [cells, torch.mul(torch.size(x, 1), torch.size(x, 3))])
    if torch.size(slots, 0) == cells:
      y = joined
    else:
      y = torch.index_select(joined, 0, slots)
    return y

  # every key-value head serves heads / K query heads: x [R, K, L, D] -> [R, heads, L, D]
  def share_heads(self: __torch__.Kernels, x: Tensor, heads: int) -> Tensor:
    if torch.size(x, 1) == heads:
      y = x
    else:
      y = torch.repeat_interleave(x, torch.floordiv(heads, torch.size(x, 1)), 1)
    return y

  # what alibi adds to scores (arXiv 2108.12409): slope * key position where a key may be looked at, -inf elsewhere.
  # visible [rows, queries, keys] bool; slopes [H] -> [rows, H, queries, keys]
  def alibi(self: __torch__.Kernels, visible: Tensor, slopes: Tensor) -> Tensor:
    positions = torch.arange(torch.size(visible, -1), dtype=6, layout=None, device=ops.prim.device(slopes), pin_memory=False)
    lines = torch.mul(torch.view(slopes, [1, -1, 1, 1]), positions)
    return torch.where(torch.unsqueeze(visible, 1), lines, -inf)

  # mask of whole rows with virtual tokens before them that all may look at: bool [1, 1, L, V + L], or with alibi slopes [H] float [1, H, L, V + L]
  def row_mask(self: __torch__.Kernels, slots: Tensor, longest: int, virtual: int, slopes: List[Tensor]) -> Tensor:
    square = torch.ones([1, longest, torch.add(virtual, longest)], dtype=11, layout=None, device=ops.prim.device(slots), pin_memory=False)
    visible = torch.tril(square, virtual)
    if torch.len(slopes) == 0:
      mask = torch.unsqueeze(visible, 1)
    else:
      mask = self.alibi(visible, slopes[0])
    return mask

  # mask of one more token per row at positions [R]: bool [R, 1, 1, used], or with alibi slopes [H] float [R, H, 1, used]
  def step_mask(self: __torch__.Kernels, positions: Tensor, used: int, slopes: List[Tensor]) -> Tensor:
    columns = torch.arange(used, dtype=4, layout=None, device=ops.prim.device(positions), pin_memory=False)
    visible = torch.le(torch.view(columns, [1, 1, used]), torch.view(positions, [-1, 1, 1]))
    if torch.len(slopes) == 0:
      mask = torch.unsqueeze(visible, 1)
    else:
      mask = self.alibi(visible, slopes[0])
    return mask

  # keys and values that every row sees before its own: prompt [V, layers * 2 * K * D], layer by layer, key then value -> [layers, 2, 1, K, V, D]
  def prefix_heads(self: __torch__.Kernels, prompt: Tensor, layers: int, key_value_heads: int) -> Tensor:
    parts = torch.view(prompt, [torch.size(prompt, 0), layers, 2, 1, key_value_heads, -1])
    return torch.permute(parts, [1, 2, 3, 4, 0, 5])

  # a layer's prefix before the rows' own keys (part 0) or values (part 1): prefix: none, or one [layers, 2, 1, K, V, D]; x [R, K, L, D] -> [R, K, V + L, D]
  def after_prefix(self: __torch__.Kernels, prefix: List[Tensor], layer: int, part: int, x: Tensor) -> Tensor:
    if torch.len(prefix) == 0:
      y = x
    else:
      virtual = self.like(torch.select(torch.select(prefix[0], 0, layer), 0, part), x)
      y = torch.cat([torch.expand(virtual, [torch.size(x, 0), -1, -1, -1]), x], 2)
    return y

  # a mask that goes with queries: one that adds to scores must have their type, one of truths stays
  def masking(self: __torch__.Kernels, mask: Tensor, queries: Tensor) -> Tensor:
    if ops.prim.dtype(mask) == 11:
      y = mask
    else:
      y = self.like(mask, queries)
    return y

  # causal self-attention of whole rows -> [N, H * D]. Padding is on the right of the scattered rows, where no real token looks, so plain causality needs no mask.
  # qkv: as heads_of takes them; mask: none, or one that row_mask made; cache: none, or the layer's keys and values [R, K, C, D], filled from position 0
  def attention(self: __torch__.Kernels, qkv: List[Tensor], rotary: List[Tensor], interleaved: bool, slots: Tensor, rows: int, longest: int, heads: int, key_value_heads: int, mask: List[Tensor], prefix: List[Tensor], layer: int, cache: List[Tensor]) -> Tensor:
    q, k, v, = self.heads_of(qkv, rotary, interleaved, heads, key_value_heads)
    queries = self.scatter_rows(q, slots, rows, longest)
    keys = self.after_prefix(prefix, layer, 0, self.scatter_rows(k, slots, rows, longest))
    values = self.after_prefix(prefix, layer, 1, self.scatter_rows(v, slots, rows, longest))
    if torch.len(cache) > 0:
      _0 = torch.copy_(torch.slice(cache[0], 2, 0, torch.size(keys, 2)), keys)
      _1 = torch.copy_(torch.slice(cache[1], 2, 0, torch.size(keys, 2)), values)
    if torch.len(mask) == 0:
      mixed = torch.scaled_dot_product_attention(queries, self.share_heads(keys, heads), self.share_heads(values, heads), None, 0., True)
    else:
      mixed = torch.scaled_dot_product_attention(queries, self.share_heads(keys, heads), self.share_heads(values, heads), self.masking(mask[0], queries), 0., False)
    return self.gather_rows(mixed, slots)

  # one more token per row against the cache -> [R, H * D]; qkv as heads_of takes them; positions [R]; mask: one that step_mask made
  def attention_step(self: __torch__.Kernels, qkv: List[Tensor], rotary: List[Tensor], interleaved: bool, positions: Tensor, heads: int, key_value_heads: int, mask: Tensor, cache: List[Tensor]) -> Tensor:
    q, k, v, = self.heads_of(qkv, rotary, interleaved, heads, key_value_heads)
    n = torch.size(q, 0)
    size = torch.size(q, 2)
    where = torch.expand(torch.view(positions, [n, 1, 1, 1]), [n, key_value_heads, 1, size])
    _0 = torch.scatter_(cache[0], 2, where, torch.unsqueeze(k, 2))
    _1 = torch.scatter_(cache[1], 2, where, torch.unsqueeze(v, 2))
    used = torch.size(mask, 3)
    keys = self.share_heads(torch.slice(cache[0], 2, 0, used), heads)
    values = self.share_heads(torch.slice(cache[1], 2, 0, used), heads)
    mixed = torch.scaled_dot_product_attention(torch.unsqueeze(q, 2), keys, values, self.masking(mask, q), 0., False)
    return torch.reshape(mixed, [n, torch.mul(heads, size)])

  # summed cross-entropy of the labelled positions only: hidden [N, hidden], picks and labels [M], head [vocabulary, hidden] -> []
  def label_loss(self: __torch__.Kernels, hidden: Tensor, picks: Tensor, labels: Tensor, head: Tensor, bias: List[Tensor]) -> Tensor:
    logits = self.linear(torch.index_select(hidden, 0, picks), head, bias)
    return torch.cross_entropy_loss(torch.to(logits, 6), labels, None, 2, -100, 0.)

  # greedy choice at the picked positions -> [M]
  def choose(self: __torch__.Kernels, hidden: Tensor, picks: Tensor, head: Tensor, bias: List[Tensor]) -> Tensor:
    return torch.argmax(self.linear(torch.index_select(hidden, 0, picks), head, bias), -1)

  # beam search: the best continuations of every prompt's beams, best first. scores [prompts, beams]: summed log-probability of each beam,
  # in the order of picks -> summed log-probabilities and places (beam * vocabulary + token), both [prompts, count]
  def best_continuations(self: __torch__.Kernels, hidden: Tensor, picks: Tensor, head: Tensor, bias: List[Tensor], scores: Tensor, count: int) -> Tuple[Tensor, Tensor]:
    logits = torch.to(self.linear(torch.index_select(hidden, 0, picks), head, bias), 6)
    sums = torch.add(torch.log_softmax(logits, -1), torch.view(scores, [-1, 1]))
    best, places, = torch.topk(torch.view(sums, [torch.size(scores, 0), -1]), count)
    return (best, places)

  # cos and sin [N, P] of positions [N]; inverse frequencies [P / 2]; each pair's two dimensions stand P / 2 apart or, interleaved, side by side
  def rotary(self: __torch__.Kernels, positions: Tensor, frequencies: Tensor, interleaved: bool) -> Tuple[Tensor, Tensor]:
    angles = torch.mul(torch.unsqueeze(torch.to(positions, 6), 1), torch.unsqueeze(frequencies, 0))
    if interleaved:
      both = torch.repeat_interleave(angles, 2, -1)
    else:
      both = torch.cat([angles, angles], -1)
    return (torch.cos(both), torch.sin(both))

  # overwrites a tensor's values in place
  def assign(self: __torch__.Kernels, target: Tensor, source: Tensor) -> Tensor:
    return torch.copy_(target, source)

  # global gradient norm before clipping -> [], float64
  def gradient_norm(self: __torch__.Kernels, gradients: List[Tensor]) -> Tensor:
    norms = annotate(List[Tensor], [])
    for i in range(torch.len(gradients)):
      _0 = torch.append(norms, torch.linalg_vector_norm(gradients[i], 2))
    return torch.linalg_vector_norm(torch.stack(norms), 2)

  # one AdamW step (arXiv 1711.05101) in place; gradients are clipped to the global norm, used and set to zero
  def adamw(self: __torch__.Kernels, values: List[Tensor], gradients: List[Tensor], means: List[Tensor], squares: List[Tensor], rate: float, decay: float, clip: float, mean_correction: float, square_correction: float) -> Tensor:
    norm = self.gradient_norm(gradients)
    for i in range(torch.len(values)):
      g = gradients[i]
      if clip > 0.:
        _0 = torch.mul_(g, torch.clamp(torch.div(clip, torch.add(norm, 1e-6)), None, 1.))
      if decay > 0.:
        _1 = torch.mul_(values[i], torch.sub(1., torch.mul(rate, decay)))
      _2 = torch.lerp_(means[i], g, 0.1)
      _3 = torch.addcmul_(torch.mul_(squares[i], 0.999), g, g, value=0.001)
      denominator = torch.add(torch.div(torch.sqrt(squares[i]), torch.sqrt(square_correction)), 1e-8)
      _4 = torch.addcdiv_(values[i], means[i], denominator, value=torch.neg(torch.div(rate, mean_correction)))
      _5 = torch.zero_(g)
    return norm
