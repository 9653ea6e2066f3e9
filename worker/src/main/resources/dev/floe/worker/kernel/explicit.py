
  # Goes on with the class in kernels.py: LLaMA's layer with its backward pass written out, for frozen weights with low-rank adapters on them. No graph is
  # recorded: a forward kernel gives its result and what the backward kernel needs of it (the tape). Against autograd it saves passes over memory: projections
  # that read the same input are one product, residual sums are part of products, gradients are written where they are needed, and attention runs row by row.
  # weights of a layer: attention norm, q k v [(H + 2 K) * D, hidden], output, MLP norm, gate and up [2 * ff, hidden], down; biases: none or one for each product.
  # A slot is what sits on a projection: nothing, or A [rank, in], B [out, rank] and, with dropout, the kept inputs [N, in]: zero or 1 / (1 - p).

  # y + scale * B A z in place, z = x or what dropout keeps of it
  def add_low_rank(self: __torch__.Kernels, y: Tensor, x: Tensor, slot: List[Tensor], scale: float) -> Tensor:
    if torch.len(slot) > 0:
      low = torch.linear(self.kept(x, slot), self.like(slot[0], x))
      _0 = torch.addmm_(y, low, torch.t(self.like(slot[1], x)), beta=1, alpha=scale)
    return y

  def kept(self: __torch__.Kernels, x: Tensor, slot: List[Tensor]) -> Tensor:
    z = x
    if torch.len(slot) > 2:
      z = torch.mul(x, slot[2])
    return z

  # a slot's share of the backward pass: the gradients of A and B are appended, and that of x is added to dx where there is one
  def low_rank_gradient(self: __torch__.Kernels, dy: Tensor, x: Tensor, slot: List[Tensor], scale: float, dx: List[Tensor], gradients: List[Tensor]) -> Tensor:
    if torch.len(slot) > 0:
      a = self.like(slot[0], x)
      z = self.kept(x, slot)
      low = torch.mul(torch.linear(z, a), scale)
      dlow = torch.mul(torch.matmul(dy, self.like(slot[1], x)), scale)
      _0 = torch.append(gradients, torch.to(torch.matmul(torch.t(dlow), z), 6))
      _1 = torch.append(gradients, torch.to(torch.matmul(torch.t(dy), low), 6))
      if torch.len(dx) > 0:
        if torch.len(slot) > 2:
          _2 = torch.addcmul_(dx[0], torch.matmul(dlow, a), slot[2])
        else:
          _3 = torch.addmm_(dx[0], dlow, a)
    return dy

  # what dropout keeps of so many inputs of each token: zero or 1 / (1 - p), [N, width] in x's type
  def keep_mask(self: __torch__.Kernels, x: Tensor, width: int, p: float) -> Tensor:
    ones = torch.ones([torch.size(x, 0), width], dtype=ops.prim.dtype(x), layout=None, device=ops.prim.device(x), pin_memory=False)
    return torch.dropout(ones, p, True)

  # 1 / sqrt(mean of squares + eps) of each row: [N, hidden] -> [N, 1], float32
  def rms_scale(self: __torch__.Kernels, x: Tensor, eps: float) -> Tensor:
    length = torch.linalg_vector_norm(x, 2, [-1], True, dtype=6)
    return torch.rsqrt(torch.add(torch.div(torch.mul(length, length), torch.size(x, -1)), eps))

  def rms_apply(self: __torch__.Kernels, x: Tensor, r: Tensor, w: Tensor) -> Tensor:
    return torch.mul_(self.like(torch.mul(x, r), x), w)

  # gradient of x of y = rms_apply(x, r, w), plus that of a branch around the norm; dy is used up
  def rms_gradient(self: __torch__.Kernels, dy: Tensor, x: Tensor, r: Tensor, w: Tensor, around: List[Tensor]) -> Tensor:
    dn = torch.mul(torch.mul_(dy, w), r)
    n = torch.mul(x, r)
    mean = torch.neg(torch.mean(torch.mul(dn, n), [-1], True))
    dx = torch.addcmul_(dn, n, mean)
    if torch.len(around) > 0:
      dx = torch.add_(dx, around[0])
    return self.like(dx, x)

  # rotates q and k in place, by the angles or, with sign -1, back: x [N, heads, D]; cos, sin [N, D]
  def turn_in_place(self: __torch__.Kernels, x: Tensor, cos: Tensor, sin: Tensor, sign: float) -> Tensor:
    half = torch.floordiv(torch.size(x, -1), 2)
    crossed = torch.cat([torch.neg(torch.slice(x, -1, half, torch.size(x, -1))), torch.slice(x, -1, 0, half)], -1)
    return torch.addcmul_(torch.mul_(x, torch.unsqueeze(self.like(cos, x), 1)), crossed, torch.unsqueeze(self.like(sin, x), 1), value=sign)

  # columns of rows [start, end) of x as heads: [heads, L, D]
  def row_heads(self: __torch__.Kernels, x: Tensor, start: int, end: int, column: int, heads: int, size: int) -> Tensor:
    part = torch.slice(torch.slice(x, 0, start, end), 1, column, torch.add(column, torch.mul(heads, size)))
    return torch.transpose(torch.view(part, [torch.sub(end, start), heads, size]), 0, 1)

  # as share_heads, without rows: [K, L, D] -> [heads, L, D]
  def spread_heads(self: __torch__.Kernels, x: Tensor, heads: int) -> Tensor:
    y = x
    if torch.size(x, 0) != heads:
      y = torch.repeat_interleave(x, torch.floordiv(heads, torch.size(x, 0)), 0)
    return y

  # the inverse for gradients: heads that share are summed, [heads, L, D] -> [K, L, D]
  def gather_heads(self: __torch__.Kernels, x: Tensor, key_value_heads: int) -> Tensor:
    y = x
    if torch.size(x, 0) != key_value_heads:
      y = torch.sum(torch.view(x, [key_value_heads, -1, torch.size(x, 1), torch.size(x, 2)]), [1])
    return y

  # causal attention of each row by itself; qkv [N, (H + 2 K) * D] rotated; mask [longest, longest]: -inf above the diagonal; ends: where rows end.
  # -> [N, H * D]; the tape gets each row's probabilities [H, L, L]
  def row_attention(self: __torch__.Kernels, qkv: Tensor, mask: Tensor, ends: List[int], heads: int, key_value_heads: int, tape: List[Tensor]) -> Tensor:
    size = torch.floordiv(torch.size(qkv, 1), torch.add(heads, torch.mul(2, key_value_heads)))
    mixed = torch.empty([torch.size(qkv, 0), torch.mul(heads, size)], dtype=ops.prim.dtype(qkv), layout=None, device=ops.prim.device(qkv), pin_memory=False)
    keys_at = torch.mul(heads, size)
    values_at = torch.mul(torch.add(heads, key_value_heads), size)
    start = 0
    for i in range(torch.len(ends)):
      end = ends[i]
      long = torch.sub(end, start)
      q = self.row_heads(qkv, start, end, 0, heads, size)
      k = self.spread_heads(self.row_heads(qkv, start, end, keys_at, key_value_heads, size), heads)
      v = self.spread_heads(self.row_heads(qkv, start, end, values_at, key_value_heads, size), heads)
      causal = torch.slice(torch.slice(mask, 0, 0, long), 1, 0, long)
      scores = torch.baddbmm(causal, q, torch.transpose(k, 1, 2), beta=1, alpha=torch.div(1., torch.sqrt(size)))
      shares = torch.softmax(scores, -1)
      _0 = torch.copy_(self.row_heads(mixed, start, end, 0, heads, size), torch.bmm(shares, v))
      _1 = torch.append(tape, shares)
      start = end
    return mixed

  # gradient of qkv of row_attention; tape: the probabilities, from place first on
  def row_attention_gradient(self: __torch__.Kernels, dmixed: Tensor, qkv: Tensor, ends: List[int], heads: int, key_value_heads: int, tape: List[Tensor], first: int) -> Tensor:
    size = torch.floordiv(torch.size(qkv, 1), torch.add(heads, torch.mul(2, key_value_heads)))
    scale = torch.div(1., torch.sqrt(size))
    dqkv = torch.empty_like(qkv)
    keys_at = torch.mul(heads, size)
    values_at = torch.mul(torch.add(heads, key_value_heads), size)
    start = 0
    for i in range(torch.len(ends)):
      end = ends[i]
      shares = tape[torch.add(first, i)]
      q = self.row_heads(qkv, start, end, 0, heads, size)
      k = self.spread_heads(self.row_heads(qkv, start, end, keys_at, key_value_heads, size), heads)
      v = self.spread_heads(self.row_heads(qkv, start, end, values_at, key_value_heads, size), heads)
      d = self.row_heads(dmixed, start, end, 0, heads, size)
      dv = torch.bmm(torch.transpose(shares, 1, 2), d)
      dscores = torch._softmax_backward_data(torch.bmm(d, torch.transpose(v, 1, 2)), shares, -1, ops.prim.dtype(shares))
      dq = torch.bmm(torch.mul_(dscores, scale), k)
      dk = torch.bmm(torch.transpose(dscores, 1, 2), q)
      _0 = torch.copy_(self.row_heads(dqkv, start, end, 0, heads, size), dq)
      _1 = torch.copy_(self.row_heads(dqkv, start, end, keys_at, key_value_heads, size), self.gather_heads(dk, key_value_heads))
      _2 = torch.copy_(self.row_heads(dqkv, start, end, values_at, key_value_heads, size), self.gather_heads(dv, key_value_heads))
      start = end
    return dqkv

  # x [N, columns] from a column on, so many columns
  def columns(self: __torch__.Kernels, x: Tensor, column: int, count: int) -> Tensor:
    return torch.slice(x, 1, column, torch.add(column, count))

  # q and k of qkv as heads: [N, H + K, D]
  def turning(self: __torch__.Kernels, qkv: Tensor, heads: int, key_value_heads: int) -> Tensor:
    size = torch.floordiv(torch.size(qkv, 1), torch.add(heads, torch.mul(2, key_value_heads)))
    both = torch.add(heads, key_value_heads)
    return torch.view(self.columns(qkv, 0, torch.mul(both, size)), [torch.size(qkv, 0), both, size])

  # a layer's stream x [N, hidden] -> the stream behind it and the tape: x, its rms_scale, its norm, qkv, mixed values, the stream behind attention,
  # its rms_scale, its norm, gate and up, silu(gate), and each row's probabilities
  def llama_layer(self: __torch__.Kernels, x: Tensor, weights: List[Tensor], biases: List[Tensor], q: List[Tensor], k: List[Tensor], v: List[Tensor], o: List[Tensor], gate: List[Tensor], up: List[Tensor], down: List[Tensor], scale: float, rotary: List[Tensor], mask: Tensor, ends: List[int], heads: int, key_value_heads: int, eps: float) -> List[Tensor]:
    r = self.rms_scale(x, eps)
    read = self.rms_apply(x, r, weights[0])
    qkv = self.biased(torch.linear(read, weights[1]), biases, 0)
    size = torch.floordiv(torch.size(qkv, 1), torch.add(heads, torch.mul(2, key_value_heads)))
    hq = torch.mul(heads, size)
    hk = torch.mul(key_value_heads, size)
    _0 = self.add_low_rank(self.columns(qkv, 0, hq), read, q, scale)
    _1 = self.add_low_rank(self.columns(qkv, hq, hk), read, k, scale)
    _2 = self.add_low_rank(self.columns(qkv, torch.add(hq, hk), hk), read, v, scale)
    _3 = self.turn_in_place(self.turning(qkv, heads, key_value_heads), rotary[0], rotary[1], 1.)
    shares = annotate(List[Tensor], [])
    mixed = self.row_attention(qkv, mask, ends, heads, key_value_heads, shares)
    middle = self.biased(torch.addmm(x, mixed, torch.t(weights[2])), biases, 1)
    _4 = self.add_low_rank(middle, mixed, o, scale)
    r2 = self.rms_scale(middle, eps)
    read2 = self.rms_apply(middle, r2, weights[3])
    both = self.biased(torch.linear(read2, weights[4]), biases, 2)
    ff = torch.floordiv(torch.size(both, 1), 2)
    g = self.add_low_rank(self.columns(both, 0, ff), read2, gate, scale)
    u = self.add_low_rank(self.columns(both, ff, ff), read2, up, scale)
    s = torch.silu(g)
    wide = torch.mul(s, u)
    y = self.biased(torch.addmm(middle, wide, torch.t(weights[5])), biases, 3)
    _5 = self.add_low_rank(y, wide, down, scale)
    return torch.add([y, x, r, read, qkv, mixed, middle, r2, read2, both, s], shares)

  def biased(self: __torch__.Kernels, y: Tensor, biases: List[Tensor], at: int) -> Tensor:
    if torch.len(biases) > at:
      _0 = torch.add_(y, biases[at])
    return y

  # dy, which is used up, and llama_layer's result -> the gradients of q's A and B, k's and so on, of the slots that there are, and last, where the layer
  # passes it on, that of x
  def llama_layer_gradient(self: __torch__.Kernels, dy: Tensor, tape: List[Tensor], weights: List[Tensor], q: List[Tensor], k: List[Tensor], v: List[Tensor], o: List[Tensor], gate: List[Tensor], up: List[Tensor], down: List[Tensor], scale: float, rotary: List[Tensor], ends: List[int], heads: int, key_value_heads: int, passes: bool) -> List[Tensor]:
    x = tape[1]
    qkv = tape[4]
    middle = tape[6]
    both = tape[9]
    s = tape[10]
    ff = torch.floordiv(torch.size(both, 1), 2)
    of_mlp = annotate(List[Tensor], [])
    of_down = annotate(List[Tensor], [])
    dwide = torch.matmul(dy, weights[5])
    if torch.len(down) > 0:
      wide = torch.mul(s, self.columns(both, ff, ff))
      _0 = self.low_rank_gradient(dy, wide, down, scale, [dwide], of_down)
    dboth = torch.empty_like(both)
    dgate = self.columns(dboth, 0, ff)
    dup = torch.mul(dwide, s, out=self.columns(dboth, ff, ff))
    _1 = torch.silu_backward(torch.mul_(dwide, self.columns(both, ff, ff)), self.columns(both, 0, ff), grad_input=dgate)
    dread2 = torch.matmul(dboth, weights[4])
    _2 = self.low_rank_gradient(dgate, tape[8], gate, scale, [dread2], of_mlp)
    _3 = self.low_rank_gradient(dup, tape[8], up, scale, [dread2], of_mlp)
    dmiddle = self.rms_gradient(dread2, middle, tape[7], weights[3], [dy])
    gradients = annotate(List[Tensor], [])
    of_output = annotate(List[Tensor], [])
    dmixed = torch.matmul(dmiddle, weights[2])
    _4 = self.low_rank_gradient(dmiddle, tape[5], o, scale, [dmixed], of_output)
    dqkv = self.row_attention_gradient(dmixed, qkv, ends, heads, key_value_heads, tape, 11)
    _5 = self.turn_in_place(self.turning(dqkv, heads, key_value_heads), rotary[0], rotary[1], -1.)
    size = torch.floordiv(torch.size(qkv, 1), torch.add(heads, torch.mul(2, key_value_heads)))
    hq = torch.mul(heads, size)
    hk = torch.mul(key_value_heads, size)
    dread = annotate(List[Tensor], [])
    if passes:
      _6 = torch.append(dread, torch.matmul(dqkv, weights[1]))
    _7 = self.low_rank_gradient(self.columns(dqkv, 0, hq), tape[3], q, scale, dread, gradients)
    _8 = self.low_rank_gradient(self.columns(dqkv, hq, hk), tape[3], k, scale, dread, gradients)
    _9 = self.low_rank_gradient(self.columns(dqkv, torch.add(hq, hk), hk), tape[3], v, scale, dread, gradients)
    result = torch.add(torch.add(torch.add(gradients, of_output), of_mlp), of_down)
    if passes:
      _10 = torch.append(result, self.rms_gradient(dread[0], x, tape[2], weights[0], [dmiddle]))
    return result

  # [longest, longest] in x's type: -inf above the diagonal
  def causal_mask(self: __torch__.Kernels, x: Tensor, longest: int) -> List[Tensor]:
    return [torch.triu(torch.full([longest, longest], -inf, dtype=ops.prim.dtype(x), layout=None, device=ops.prim.device(x), pin_memory=False), 1)]

  # summed cross-entropy of the labelled positions, and factor times its gradient: x [N, hidden] before the last norm -> [loss, dx]. Never holds more than
  # so many rows of logits
  def label_gradient(self: __torch__.Kernels, x: Tensor, norm: Tensor, eps: float, picks: Tensor, labels: Tensor, head: Tensor, factor: float, chunk: int) -> List[Tensor]:
    r = self.rms_scale(x, eps)
    hidden = self.rms_apply(x, r, norm)
    d = torch.zeros_like(hidden)
    loss = torch.zeros([], dtype=6, layout=None, device=ops.prim.device(x), pin_memory=False)
    count = torch.size(picks, 0)
    for i in range(torch.floordiv(torch.sub(torch.add(count, chunk), 1), chunk)):
      start = torch.mul(i, chunk)
      rows = torch.slice(picks, 0, start, torch.add(start, chunk))
      target = torch.unsqueeze(torch.slice(labels, 0, start, torch.add(start, chunk)), 1)
      shares = torch.log_softmax(torch.to(torch.linear(torch.index_select(hidden, 0, rows), head), 6), -1)
      _0 = torch.sub_(loss, torch.sum(torch.gather(shares, 1, target)))
      _1 = torch.mul_(torch.exp_(shares), factor)
      _2 = torch.scatter_add_(shares, 1, target, torch.full([torch.size(target, 0), 1], torch.neg(factor), dtype=6, layout=None, device=ops.prim.device(x), pin_memory=False))
      _3 = torch.index_copy_(d, 0, rows, torch.matmul(self.like(shares, head), head))
    return [loss, self.rms_gradient(d, x, r, norm, annotate(List[Tensor], []))]
