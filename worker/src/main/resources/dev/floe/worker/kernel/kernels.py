# The kernel library: TorchScript in its serialized dialect, compiled by libtorch itself when the archive is loaded.
# N: tokens of a batch laid end to end, R: rows, L: longest row, H: heads, K: key-value heads, D: head size, C: cache capacity.
# A bias is a list of no or one tensor, since the dialect's callers have no None.

class Kernels(Module):
  __parameters__ = []
  __buffers__ = []

  # ids [N], table [vocabulary, hidden] -> [N, hidden]
  def embed(self: __torch__.Kernels, ids: Tensor, table: Tensor) -> Tensor:
    return torch.embedding(table, ids)

  # x [N, in], w [out, in] -> [N, out]
  def linear(self: __torch__.Kernels, x: Tensor, w: Tensor, bias: List[Tensor]) -> Tensor:
    y = torch.linear(x, w)
    if torch.len(bias) > 0:
      y = torch.add(y, bias[0])
    return y

  def rms_norm(self: __torch__.Kernels, x: Tensor, w: Tensor, eps: float) -> Tensor:
    variance = torch.mean(torch.mul(x, x), [-1], True)
    return torch.mul(w, torch.mul(x, torch.rsqrt(torch.add(variance, eps))))

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

  # LoRA: W x + scale B A dropout(x); a [rank, in], b [out, rank]
  def lora(self: __torch__.Kernels, x: Tensor, w: Tensor, bias: List[Tensor], a: Tensor, b: Tensor, scale: float, dropout: float) -> Tensor:
    y = self.linear(x, w, bias)
    z = x
    if dropout > 0.:
      z = torch.dropout(x, dropout, True)
    return torch.add(y, torch.linear(torch.linear(z, a), b), alpha=scale)

  # s up(act(down(dropout(x)))); down [bottleneck, in], up [out, bottleneck]
  def bottleneck(self: __torch__.Kernels, x: Tensor, down: Tensor, up: Tensor, name: str, dropout: float) -> Tensor:
    z = x
    if dropout > 0.:
      z = torch.dropout(x, dropout, True)
    return torch.linear(self.activate(torch.linear(z, down), name), up)

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

  # rotary embedding of half-split pairs: x [N, heads, D]; cos, sin [N, D]
  def rotate(self: __torch__.Kernels, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = torch.floordiv(torch.size(x, -1), 2)
    low = torch.slice(x, -1, 0, half)
    high = torch.slice(x, -1, half, torch.mul(half, 2))
    turned = torch.cat([torch.neg(high), low], -1)
    return torch.add(torch.mul(x, torch.unsqueeze(cos, 1)), torch.mul(turned, torch.unsqueeze(sin, 1)))

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

  # causal self-attention of whole rows. Padding is on the right of the scattered rows, where no real token looks, so no mask is needed.
  # q [N, H * D], k and v [N, K * D] -> [N, H * D]; cache: none, or the layer's keys and values [R, K, C, D], filled from position 0
  def attention(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor, cos: Tensor, sin: Tensor, slots: Tensor, rows: int, longest: int, heads: int, key_value_heads: int, cache: List[Tensor]) -> Tensor:
    size = torch.size(cos, 1)
    n = torch.size(q, 0)
    queries = self.scatter_rows(self.rotate(torch.view(q, [n, heads, size]), cos, sin), slots, rows, longest)
    keys = self.scatter_rows(self.rotate(torch.view(k, [n, key_value_heads, size]), cos, sin), slots, rows, longest)
    values = self.scatter_rows(torch.view(v, [n, key_value_heads, size]), slots, rows, longest)
    if torch.len(cache) > 0:
      _0 = torch.copy_(torch.slice(cache[0], 2, 0, longest), keys)
      _1 = torch.copy_(torch.slice(cache[1], 2, 0, longest), values)
    mixed = torch.scaled_dot_product_attention(queries, self.share_heads(keys, heads), self.share_heads(values, heads), None, 0., True)
    return self.gather_rows(mixed, slots)

  # one more token per row against the cache: q [R, H * D], k and v [R, K * D]; positions [R]; used: positions of the cache that may be looked at
  def attention_step(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor, cos: Tensor, sin: Tensor, positions: Tensor, used: int, heads: int, key_value_heads: int, cached_keys: Tensor, cached_values: Tensor) -> Tensor:
    size = torch.size(cos, 1)
    n = torch.size(q, 0)
    queries = torch.unsqueeze(self.rotate(torch.view(q, [n, heads, size]), cos, sin), 2)
    key = torch.unsqueeze(self.rotate(torch.view(k, [n, key_value_heads, size]), cos, sin), 2)
    value = torch.unsqueeze(torch.view(v, [n, key_value_heads, size]), 2)
    where = torch.expand(torch.view(positions, [n, 1, 1, 1]), [n, key_value_heads, 1, size])
    _0 = torch.scatter_(cached_keys, 2, where, key)
    _1 = torch.scatter_(cached_values, 2, where, value)
    columns = torch.arange(used, dtype=4, layout=None, device=ops.prim.device(positions), pin_memory=False)
    visible = torch.le(torch.view(columns, [1, 1, 1, used]), torch.view(positions, [n, 1, 1, 1]))
    keys = self.share_heads(torch.slice(cached_keys, 2, 0, used), heads)
    values = self.share_heads(torch.slice(cached_values, 2, 0, used), heads)
    mixed = torch.scaled_dot_product_attention(queries, keys, values, visible, 0., False)
    return torch.reshape(mixed, [n, torch.mul(heads, size)])

  # summed cross-entropy of the labelled positions only: hidden [N, hidden], picks and labels [M], head [vocabulary, hidden] -> []
  def label_loss(self: __torch__.Kernels, hidden: Tensor, picks: Tensor, labels: Tensor, head: Tensor, bias: List[Tensor]) -> Tensor:
    logits = self.linear(torch.index_select(hidden, 0, picks), head, bias)
    return torch.cross_entropy_loss(torch.to(logits, 6), labels, None, 2, -100, 0.)

  # greedy choice at the picked positions -> [M]
  def choose(self: __torch__.Kernels, hidden: Tensor, picks: Tensor, head: Tensor, bias: List[Tensor]) -> Tensor:
    return torch.argmax(self.linear(torch.index_select(hidden, 0, picks), head, bias), -1)

  # cos and sin [N, D] of positions [N]; inverse frequencies [D / 2]
  def rotary(self: __torch__.Kernels, positions: Tensor, frequencies: Tensor) -> Tuple[Tensor, Tensor]:
    angles = torch.mul(torch.unsqueeze(torch.to(positions, 6), 1), torch.unsqueeze(frequencies, 0))
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
