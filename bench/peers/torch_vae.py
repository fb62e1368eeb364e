#!/usr/bin/env python3
"""The net `conv4` (64x64x1, 10 latents) in PyTorch, timed in its strongest forms on one GPU.

Beside Patchbay's own figures of the same box: decode, encode and forward with the effect metric
sum((D(z') - D(z))^2) of each row, the training step of a beta-VAE, sweeps of interventions, and
the error of the effect against float64. Forms: eager, channels_last, CUDA graphs, and
torch.compile(mode="max-autotune"); precisions: fp32, tf32, bf16.

  torch_vae.py --out FILE.json [--weights model.safetensors] [--seconds 150] [--quick]

Sections run in order, cheap and important ones first. Each writes FILE anew when it ends, a section
that fails leaves its error there and the next one runs; what the seconds do not suffice for is
skipped. Needs Python with torch 2.4 or later.
"""

import argparse
import contextlib
import json
import math
import os
import signal
import statistics
import sys
import time
import warnings

BEGIN = time.perf_counter()

try:
    import torch  # seconds of the budget
except ModuleNotFoundError:
    sys.exit("torch_vae.py: no PyTorch: it needs a Python with torch 2.4 or later")
from torch import nn
from torch.nn import functional

LATENTS = 10
GRID = [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0]
SIZES = [1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001]
PRECISIONS = ["bf16", "tf32", "fp32"]
# Work that a row cannot do without, taps inside the image: floating-point operations.
FLOPS = {"decode": 14.71e6, "encode": 14.72e6, "forward": 29.43e6, "train-step": 88.3e6}
BETA = 4.0
RATE = 1e-3
# Input sets of a row together take more than the largest L2 (60 MB).
ROTATED = 80e6
MOST_SETS = 24


class OutOfTime(Exception):
    """A section ran into the end of the budget."""


class Net(nn.Module):
    """Parameters have the names and layouts of a Patchbay model file.

    Sites are modules of their own, so that hooks reach them: `z`, and the activations `relu2`
    (16x16x32) and `relu3` (32x32x32) of the decoder.
    """

    def __init__(self, last=False):
        super().__init__()
        conv = lambda i, o: nn.Conv2d(i, o, 4, 2, 1)
        up = lambda i, o: nn.ConvTranspose2d(i, o, 4, 2, 1)
        self.encoder = nn.ModuleDict({
            "conv1": conv(1, 32), "conv2": conv(32, 32),
            "conv3": conv(32, 64), "conv4": conv(64, 64), "fc1": nn.Linear(1024, 256),
            "mu": nn.Linear(256, LATENTS), "logvar": nn.Linear(256, LATENTS)})
        self.decoder = nn.ModuleDict({
            "fc1": nn.Linear(LATENTS, 256), "fc2": nn.Linear(256, 1024),
            "convt1": up(64, 64), "convt2": up(64, 32), "convt3": up(32, 32), "convt4": up(32, 1)})
        self.z = nn.Identity()
        self.relu2 = nn.ReLU()
        self.relu3 = nn.ReLU()
        self.last = last

    def layout(self, h):
        return h.contiguous(memory_format=torch.channels_last) if self.last else h

    def encode(self, x):
        e = self.encoder
        h = self.layout(x.to(e["fc1"].weight.dtype))
        for k in ("conv1", "conv2", "conv3", "conv4"):
            h = torch.relu(e[k](h))
        h = torch.relu(e["fc1"](h.flatten(1)))
        return widened(e["mu"](h)), widened(e["logvar"](h))

    def decode(self, z):
        """Logits (rows; 1, 64, 64), float32 (float64 of a float64 net)."""
        return self.suffix(1, self.prefix(z))

    def prefix(self, z):
        d = self.decoder
        h = torch.relu(d["fc1"](self.z(z).to(d["fc1"].weight.dtype)))
        return self.layout(torch.relu(d["fc2"](h)).view(-1, 64, 4, 4))

    def suffix(self, first, h):
        """From the input of transposed convolution `first` on."""
        d = self.decoder
        if first <= 1:
            h = torch.relu(d["convt1"](h))
        if first <= 2:
            h = self.relu2(d["convt2"](h))
        if first <= 3:
            h = self.relu3(d["convt3"](h))
        return widened(d["convt4"](h))

    def effect(self, z, reference):
        return squares(torch.sigmoid(self.decode(z)), reference)

    def forward(self, x, reference):
        return self.effect(self.encode(x)[0], reference)

    def loss(self, x):
        mu, logvar = self.encode(x)
        z = mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)
        logits = self.decode(z)
        negative = functional.binary_cross_entropy_with_logits(logits, x, reduction="sum")
        kl = 0.5 * (mu * mu + torch.exp(logvar) - logvar - 1).sum()
        return (negative + BETA * kl) / x.shape[0]


def widened(x):
    return x if x.dtype == torch.float64 else x.float()


def squares(image, reference):
    return ((image - reference) ** 2).flatten(1).sum(1)


def set_tf32(on):
    torch.backends.cuda.matmul.allow_tf32 = on
    torch.backends.cudnn.allow_tf32 = on


class Bench:
    def __init__(self, options):
        self.options = options
        self.device = torch.device(options.device)
        self.cuda = self.device.type == "cuda"
        self.window = 0.06 if options.quick else 0.15
        self.rows = []
        self.errors = []
        self.sections = []
        self.compile_seconds = 0.0
        self.result = {
            "tool": "torch_vae",
            "torch": torch.__version__,
            "weights": os.path.basename(options.weights) if options.weights else "random",
            "seconds": options.seconds,
            "quick": options.quick,
            "finished": False,
            "ceilings": {},
            "sections": self.sections,
            "rows": self.rows,
            "errors": self.errors,
        }
        torch.manual_seed(options.seed)
        self.state = self.weights()
        self.nets = {}
        self.images = self.draw_images(options.pool)
        self.codes = torch.randn(options.pool, LATENTS).to(self.device)
        step = torch.randn(options.pool, LATENTS)
        self.steps = (step / step.norm(dim=1, keepdim=True)).to(self.device)
        self.references = {}

    # Set-up

    def weights(self):
        if self.options.weights:
            from safetensors.torch import load_file

            return load_file(self.options.weights)
        net = Net()
        for name, value in net.named_parameters():
            if name.endswith(".bias"):
                nn.init.zeros_(value)
            else:
                # Of a transposed convolution with stride 2, 4 of 16 taps meet in an output.
                transposed = "convt" in name
                fan = value.shape[0] * 4 if transposed else value[0].numel()
                nn.init.normal_(value, std=math.sqrt(2.0 / fan))
        return {k: v.detach() for k, v in net.state_dict().items()}

    def draw_images(self, count):
        """White ellipses on black, (count; 1, 64, 64)."""
        at = 16 + 32 * torch.rand(count, 2, 1, 1)
        axes = 4 + 10 * torch.rand(count, 2, 1, 1)
        grid = torch.arange(64.0)
        y = (grid.view(1, 64, 1) - at[:, 0]) / axes[:, 0]
        x = (grid.view(1, 1, 64) - at[:, 1]) / axes[:, 1]
        return (y * y + x * x < 1).float().unsqueeze(1).to(self.device)

    def net(self, precision, last):
        """The net in `fp32`, `tf32`, `bf16` or `float64`; and TF32 switched for what follows."""
        set_tf32(precision == "tf32")
        key = (precision, last)
        if key not in self.nets:
            net = Net(last)
            net.load_state_dict(self.state, strict=True)
            kind = {"bf16": torch.bfloat16, "float64": torch.float64}.get(precision, torch.float32)
            net = net.to(self.device, kind).requires_grad_(False)
            self.nets[key] = net.to(memory_format=torch.channels_last) if last else net
        return self.nets[key]

    def reference(self, precision):
        """D(z) of every code of the pool in that precision, float32."""
        if precision not in self.references:
            net = self.net(precision, True)
            parts = [torch.sigmoid(net.decode(z)) for z in self.codes.split(1024)]
            self.references[precision] = torch.cat(parts)
        return self.references[precision]

    def sets(self, batch, bytes_per_row):
        count = min(MOST_SETS, max(2, math.ceil(ROTATED / (batch * bytes_per_row))))
        return max(1, min(count, self.options.pool // batch))

    # Time

    def left(self):
        return self.options.seconds - (time.perf_counter() - BEGIN)

    def sync(self):
        if self.cuda:
            torch.cuda.synchronize()

    def milliseconds(self, call, sets=1, warm=3):
        """Median, smallest and largest milliseconds of one `call(i)`, over windows of calls."""
        for i in range(max(warm, sets)):
            call(i % sets)
        self.sync()
        start = time.perf_counter()
        call(0)
        self.sync()
        once = max(1e-6, time.perf_counter() - start)
        each = max(1, int(0.004 / once))
        windows = int(min(40, max(5, self.window / (each * once))))
        at = 0
        found = []
        if not self.cuda:
            for _ in range(windows):
                start = time.perf_counter()
                for _ in range(each):
                    call(at % sets)
                    at += 1
                found.append(1000 * (time.perf_counter() - start) / each)
        else:
            events = []
            for _ in range(windows):
                begin = torch.cuda.Event(enable_timing=True)
                end = torch.cuda.Event(enable_timing=True)
                begin.record()
                for _ in range(each):
                    call(at % sets)
                    at += 1
                end.record()
                events.append((begin, end))
            self.sync()
            found = [b.elapsed_time(e) / each for b, e in events]
        return statistics.median(found), min(found), max(found)

    def row(self, case, precision, form, batch, call, sets=1, unit="rows/s", count=None, **more):
        median, low, high = self.milliseconds(call, sets)
        count = batch if count is None else count
        rate = 1000 * count / median
        row = {"case": case, "precision": precision, "form": form, "batch": batch, "ms": median,
               "ms_min": low, "ms_max": high, "rate": rate, "unit": unit, "sets": sets, **more}
        if case in FLOPS:
            row["tflops"] = FLOPS[case] * rate / 1e12
        self.rows.append(row)
        return row

    def captured(self, call, sets):
        """`call` as one CUDA graph for each input set: replays read and write in place."""
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for i in range(3):
                call(i % sets)
        torch.cuda.current_stream().wait_stream(stream)
        graphs = []
        for i in range(sets):
            graph = torch.cuda.CUDAGraph()
            pool = graphs[0].pool() if graphs else None
            with torch.cuda.graph(graph, pool=pool):
                call(i)
            graphs.append(graph)
        return lambda i: graphs[i].replay()

    def compiled(self, function, mode):
        torch.compiler.reset()
        return torch.compile(function, mode=mode, dynamic=False, fullgraph=True)

    # Sections

    def run(self):
        quick = self.options.quick
        batches = [4096, 1024] if quick else [4096, 1024, 256]
        batches = [b for b in batches if b <= self.options.pool] or [self.options.pool]
        large = batches[0]
        compile_batch = min(1024, self.options.pool)
        self.section("facts", self.facts)
        self.section("ceilings", self.ceilings)
        if self.options.inputs:
            self.section("same-inputs", self.same_inputs)
        self.section("effect-errors", self.effect_errors)
        for precision in PRECISIONS:
            self.section("decode " + precision, lambda: self.decode(precision, batches))
        for kind in ("z-grid", "channels-16", "channels-32"):
            self.section("sweep " + kind, lambda: self.sweep(kind, large))
        self.section("sweep-errors", self.sweep_errors)
        self.section("loop", self.loop)
        self.section("train 64", lambda: self.train(min(64, self.options.pool)))
        self.section("train 1024", lambda: self.train(min(1024, self.options.pool)))
        self.section("encode", lambda: self.encode(large))
        if self.options.compile:
            # What costs least first: every case and precision has a compiled form before any is
            # tuned for half a minute.
            precisions = sorted(self.options.precisions, key=lambda p: p != "tf32")
            for precision in precisions:
                self.section("compile decode " + precision,
                             lambda: self.compile_decode(precision, large), compiles=True)
                for kind in ("channels-16", "channels-32", "z-grid"):
                    self.section("compile sweep " + kind + " " + precision,
                                 lambda: self.compile_sweep(kind, precision, large), compiles=True)
            self.section("compile encode", lambda: self.compile_encode(large), compiles=True)
            self.section("compile train 64", lambda: self.compile_train(min(64, self.options.pool)),
                         compiles=True)
            self.section("compile train 1024", lambda: self.compile_train(compile_batch),
                         compiles=True)
            for precision in precisions:
                self.section("tune decode " + precision,
                             lambda: self.tune_decode(precision, large), compiles=True)
        self.result["finished"] = True
        self.flush()

    def section(self, name, body, compiles=False):
        wanted = self.options.sections
        if wanted and not any(name.startswith(w) for w in wanted):
            return
        entry = {"name": name, "status": "skipped", "seconds": 0.0}
        self.sections.append(entry)
        needed = 0.5 * self.compile_seconds if compiles else 1.0
        if self.left() < max(1.0, needed):
            entry["error"] = f"{self.left():.0f} s left of {self.options.seconds:.0f}"
            self.flush()
            return
        start = time.perf_counter()
        before = len(self.rows)
        try:
            with self.alarm(self.left()), torch.no_grad():
                body()
            entry["status"] = "done"
        except Exception as e:  # what fails is recorded, the next section runs
            entry["status"] = "failed"
            entry["error"] = f"{type(e).__name__}: {e}"[:2000]
        entry["seconds"] = round(time.perf_counter() - start, 3)
        if compiles:
            self.compile_seconds = max(self.compile_seconds, entry["seconds"])
        with contextlib.suppress(Exception):
            if self.cuda:
                torch.cuda.empty_cache()
        self.flush()
        print(f"{name}: {entry['status']}, {entry['seconds']:.1f} s"
              + (", " + entry["error"].splitlines()[0][:160] if "error" in entry else ""), flush=True)
        for row in self.rows[before:]:
            print(f"  {row['case']:<12} {row['precision']:<5} {row['form']:<28} {row['batch']:>5}"
                  f" {row['ms']:>10.4f} ms {row['rate']:>14.0f} {row['unit']}", flush=True)

    @contextlib.contextmanager
    def alarm(self, seconds):
        def late(*_):
            raise OutOfTime("the budget ended")

        old = signal.signal(signal.SIGALRM, late)
        signal.setitimer(signal.ITIMER_REAL, max(0.1, seconds))
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, old)

    def flush(self):
        self.result["elapsed"] = round(time.perf_counter() - BEGIN, 1)
        part = self.options.out + ".part"
        with open(part, "w") as file:
            json.dump(self.result, file, indent=1)
            file.write("\n")
        os.replace(part, self.options.out)

    def facts(self):
        facts = {"name": "cpu"}
        if self.cuda:
            p = torch.cuda.get_device_properties(self.device)
            facts = {
                "name": p.name, "multiprocessors": p.multi_processor_count,
                "memory_bytes": p.total_memory, "l2_bytes": getattr(p, "L2_cache_size", 0),
                "capability": f"{p.major}.{p.minor}", "cuda": torch.version.cuda,
                "cudnn": torch.backends.cudnn.version()}
        self.result["device"] = facts

    def ceilings(self):
        side = 8192 if self.cuda else 256
        floats = (1 << 28) if self.cuda else (1 << 20)
        a = torch.empty(floats, device=self.device)
        b = torch.randn(floats, device=self.device)
        ms, _, _ = self.milliseconds(lambda i: a.copy_(b))
        self.result["ceilings"]["copy_bytes_per_second"] = 8 * floats / (ms / 1000)
        del a, b
        for name, kind in (("bf16", torch.bfloat16), ("tf32", torch.float32), ("fp32", torch.float32)):
            set_tf32(name == "tf32")
            x = torch.randn(side, side, device=self.device, dtype=kind)
            y = torch.randn(side, side, device=self.device, dtype=kind)
            out = torch.empty(side, side, device=self.device, dtype=kind)
            ms, _, _ = self.milliseconds(lambda i: torch.mm(x, y, out=out))
            self.result["ceilings"][f"product_{name}_flops"] = 2 * side**3 / (ms / 1000)

    def same_inputs(self):
        """Effects of `changed` codes beside `codes`, of rows that others compute too."""
        from safetensors.torch import load_file

        given = {k: v.to(self.device) for k, v in load_file(self.options.inputs).items()}
        found = {}
        for precision in ["float64"] + PRECISIONS:
            net = self.net(precision, False)
            z, changed = given["codes"], given["changed"]
            if precision == "float64":
                z, changed = z.double(), changed.double()
            effects = net.effect(changed, torch.sigmoid(net.decode(z)))
            found[precision] = {"effects": effects.tolist()}
        self.result["same_inputs"] = found

    def effect_errors(self):
        rows = min(1024, self.options.pool)
        z = self.codes[:rows]
        double = self.net("float64", False)
        base = torch.sigmoid(double.decode(z.double()))
        for size in SIZES:
            changed = z + size * self.steps[:rows]
            exact = squares(torch.sigmoid(double.decode(changed.double())), base)
            for precision in PRECISIONS:
                for last in (False, True):
                    net = self.net(precision, last)
                    clean = torch.sigmoid(net.decode(z))
                    effect = net.effect(changed, clean)
                    form = "channels_last" if last else "eager"
                    self.error("decode", precision, form, size, effect, exact, base)

    def error(self, case, precision, form, size, effect, exact, base):
        """Errors of effects, as shares of the effect; `verifier` is the measure of the sweeps:
        of the root e, |error| / (e + 0.003 ||y||), its largest."""
        effect = effect.double()
        share = (effect - exact).abs() / exact
        root = exact.sqrt()
        floor = root + 3e-3 * base.flatten(1).norm(dim=1)
        self.errors.append({
            "case": case, "precision": precision, "form": form, "size": size, "rows": effect.numel(),
            "effect": exact.median().item(),
            "norm": ((effect - exact).norm() / exact.norm()).item(),
            "median": share.median().item(),
            "p90": share.quantile(0.9).item(),
            "largest": share.max().item(),
            "verifier": ((effect.sqrt() - root).abs() / floor).max().item()})

    def decode(self, precision, batches):
        reference = self.reference(precision)
        changed = self.codes + 0.1 * self.steps
        for batch in batches:
            sets = self.sets(batch, 16384 + 40)
            z = changed.split(batch)
            refs = reference.split(batch)
            for last in (True, False):
                net = self.net(precision, last)
                call = lambda i: net.effect(z[i], refs[i])
                form = "channels_last" if last else "eager"
                self.row("decode", precision, form, batch, call, sets, "decodes/s")
                if self.cuda:
                    graph = self.captured(call, sets)
                    self.row("decode", precision, form + ", graph", batch, graph, sets, "decodes/s")

    def edited(self, precision, batch):
        """Changed codes and the images of the codes, in batches."""
        z = self.codes + 0.1 * self.steps
        return z.split(batch), self.reference(precision).split(batch)

    def compile_decode(self, precision, batch):
        z, refs = self.edited(precision, batch)
        fast = self.compiled(self.net(precision, True).effect, "default")
        self.compiled_rows("decode", precision, "compile", batch, lambda i: fast(z[i], refs[i]),
                           "decodes/s")
        self.compile_errors(precision, fast, batch)

    def tune_decode(self, precision, batch):
        z, refs = self.edited(precision, batch)
        net = self.net(precision, True)
        if self.cuda:
            # The same kernels as max-autotune, with a graph of our own for each input set: no
            # copies of inputs.
            fast = self.compiled(net.effect, "max-autotune-no-cudagraphs")
            self.compiled_rows("decode", precision, "compile tuned", batch,
                               lambda i: fast(z[i], refs[i]), "decodes/s")
        whole = self.compiled(net.effect, "max-autotune")
        call = lambda i: whole(z[i], refs[i])
        sets = self.sets(batch, 16384 + 40)
        self.row("decode", precision, "compile max-autotune", batch, call, sets, "decodes/s")

    def compiled_rows(self, case, precision, form, batch, call, unit):
        """A compiled form, and the same as a graph for each input set."""
        sets = self.sets(batch, 16384 + 40)
        self.row(case, precision, form, batch, call, sets, unit)
        if self.cuda:
            self.row(case, precision, form + ", graph", batch, self.captured(call, sets), sets, unit)

    def compile_errors(self, precision, fast, batch):
        z = self.codes[:batch]
        double = self.net("float64", False)
        base = torch.cat([torch.sigmoid(double.decode(p.double())) for p in z.split(1024)])
        # Of the eager net: what the effect loses by that is part of this form.
        clean = torch.sigmoid(self.net(precision, True).decode(z))
        for size in SIZES:
            changed = z + size * self.steps[:batch]
            exact = torch.cat([
                squares(torch.sigmoid(double.decode(p.double())), b)
                for p, b in zip(changed.split(1024), base.split(1024))])
            self.net(precision, True)
            self.error("decode", precision, "compile", size, fast(changed, clean), exact, base)

    def encode(self, batch):
        sets = self.sets(batch, 16384)
        x = self.images.split(batch)
        for precision in PRECISIONS:
            refs = self.reference(precision).split(batch)
            for last in (True, False):
                net = self.net(precision, last)
                form = "channels_last" if last else "eager"
                code = lambda i: net.encode(x[i])
                whole = lambda i: net(x[i], refs[i])
                self.row("encode", precision, form, batch, code, sets, "encodes/s")
                self.row("forward", precision, form, batch, whole, sets, "forwards/s")
                if self.cuda:
                    self.row("encode", precision, form + ", graph", batch,
                             self.captured(code, sets), sets, "encodes/s")
                    self.row("forward", precision, form + ", graph", batch,
                             self.captured(whole, sets), sets, "forwards/s")

    def compile_encode(self, batch):
        x = self.images.split(batch)
        for precision in self.options.precisions:
            refs = self.reference(precision).split(batch)
            net = self.net(precision, True)
            encode = self.compiled(net.encode, "default")
            self.compiled_rows("encode", precision, "compile", batch, lambda i: encode(x[i]),
                               "encodes/s")
            forward = self.compiled(net.forward, "default")
            self.compiled_rows("forward", precision, "compile", batch,
                               lambda i: forward(x[i], refs[i]), "forwards/s")

    # Sweeps: rows of a batch are bases; a batch takes one latent and value, or one channel and the
    # source of each base. Timed calls go through all of them in turn. What is cached (clean
    # images, activations, and of the prefix form what comes before the site) is not counted.

    SITES = {"z-grid": ("z", None), "channels-16": ("relu2", 3), "channels-32": ("relu3", 4)}

    def activations(self, net, kind, x):
        kept = []
        site, _ = self.SITES[kind]
        handle = getattr(net, site).register_forward_hook(lambda m, a, out: kept.append(out))
        try:
            image = torch.sigmoid(net.decode(net.encode(x)[0]))
        finally:
            handle.remove()
        return kept[0].clone(), image

    @staticmethod
    def patch(kind, h, i, activations, order):
        """Writes the `i`-th patch into `h`: do(z_k = v), or a channel from other rows."""
        if kind == "z-grid":
            h[:, i % LATENTS] = GRID[i // LATENTS % len(GRID)]
        else:
            c = i % 32
            h[:, c] = activations[order, c]
        return h

    def from_site(self, net, kind, h, reference):
        first = self.SITES[kind][1]
        logits = net.decode(h) if first is None else net.suffix(first, h)
        return squares(torch.sigmoid(logits), reference)

    def sweep(self, kind, batch):
        cells = len(GRID) * LATENTS if kind == "z-grid" else 32
        sets = 8
        for precision in PRECISIONS:
            for last in (True,) if self.options.quick else (True, False):
                net = self.net(precision, last)
                form = "channels_last" if last else "eager"
                x = self.images[:batch]
                order = torch.randperm(batch, device=self.device)
                kept, image = self.activations(net, kind, x)
                state = {"i": 0}
                module = getattr(net, self.SITES[kind][0])

                def hook(m, a, out):
                    return self.patch(kind, out, state["i"], kept, order)

                def whole(i):
                    state["i"] = i * cells // sets
                    handle = module.register_forward_hook(hook)
                    try:
                        return net(x, image)
                    finally:
                        handle.remove()

                def cached(i):
                    h = self.patch(kind, kept.clone(), i * cells // sets, kept, order)
                    return self.from_site(net, kind, h, image)

                self.row(kind, precision, "forward, " + form, batch, whole, sets, "cells/s")
                self.row(kind, precision, "prefix, " + form, batch, cached, sets, "cells/s")
                if self.cuda:
                    self.row(kind, precision, "forward, " + form + ", graph", batch,
                             self.captured(whole, sets), sets, "cells/s")
                    self.row(kind, precision, "prefix, " + form + ", graph", batch,
                             self.captured(cached, sets), sets, "cells/s")

    def compile_sweep(self, kind, precision, batch):
        net = self.net(precision, True)
        x = self.images[:batch]
        order = torch.randperm(batch, device=self.device)
        kept, image = self.activations(net, kind, x)
        units = LATENTS if kind == "z-grid" else 32
        sets = 8
        indices = [torch.tensor([i * units // sets], device=self.device) for i in range(sets)]
        values = [torch.full((batch, 1), GRID[i % len(GRID)], device=self.device) for i in range(sets)]

        def whole(x, kept, order, index, value, image):
            if kind == "z-grid":
                z = net.encode(x)[0]
                return net.effect(z.index_copy(1, index, value), image)
            h = net.prefix(net.encode(x)[0])
            d = net.decoder
            h = torch.relu(d["convt2"](torch.relu(d["convt1"](h))))
            if kind == "channels-32":
                h = torch.relu(d["convt3"](h))
            return one(h, kept, order, index, value, image)

        def one(h, kept, order, index, value, image):
            if kind == "z-grid":
                return net.effect(h.index_copy(1, index, value), image)
            source = kept.index_select(1, index).index_select(0, order)
            return self.from_site(net, kind, h.index_copy(1, index, source), image)

        # max-autotune tries other convolutions for a minute and stays with cuDNN's.
        fast = self.compiled(one, "default")
        call = lambda i: fast(kept, kept, order, indices[i], values[i], image)
        self.row(kind, precision, "prefix, compile", batch, call, sets, "cells/s")
        if self.cuda:
            self.row(kind, precision, "prefix, compile, graph", batch, self.captured(call, sets),
                     sets, "cells/s")
        full = self.compiled(whole, "default")
        call = lambda i: full(x, kept, order, indices[i], values[i], image)
        self.row(kind, precision, "forward, compile", batch, call, sets, "cells/s")
        if self.cuda:
            self.row(kind, precision, "forward, compile, graph", batch, self.captured(call, sets),
                     sets, "cells/s")

    def sweep_errors(self):
        rows = min(64, self.options.pool)
        x = self.images[:rows]
        order = torch.randperm(rows, device=self.device)
        double = self.net("float64", False)
        for kind in self.SITES:
            cells = len(GRID) * LATENTS if kind == "z-grid" else 32
            # The encoder is each precision's own; its means are float32.
            kept, base = self.activations(double, kind, x.double())
            exact = [self.from_site(double, kind, self.patch(kind, kept.clone(), i, kept, order), base)
                     for i in range(cells)]
            for precision in PRECISIONS:
                net = self.net(precision, True)
                own, image = self.activations(net, kind, x)
                found = [self.from_site(net, kind, self.patch(kind, own.clone(), i, own, order), image)
                         for i in range(cells)]
                some = torch.cat(exact)
                there = some > 1e-12
                self.error(kind, precision, "channels_last", None, torch.cat(found)[there],
                           some[there], base.repeat(cells, 1, 1, 1)[there])

    def loop(self):
        """As TransformerLens's patching is used: batch 1, a hook, one number read for each patch."""
        patches = 200 if self.cuda else 5
        for precision in ("fp32", "tf32", "bf16"):
            net = self.net(precision, False)
            for kind, (site, _) in self.SITES.items():
                kept, image = self.activations(net, kind, self.images[:2])
                order = torch.tensor([1, 0], device=self.device)
                module = getattr(net, site)
                x = self.images[:1]

                def one(i):
                    hook = lambda m, a, out: self.patch(kind, out, i, kept, order[:1])
                    handle = module.register_forward_hook(hook)
                    try:
                        return net(x, image[:1]).item()
                    finally:
                        handle.remove()

                for i in range(20 if self.cuda else 1):
                    one(i)
                self.sync()
                start = time.perf_counter()
                for i in range(patches):
                    one(i)
                seconds = time.perf_counter() - start
                self.rows.append({
                    "case": kind, "precision": precision, "form": "loop", "batch": 1,
                    "ms": 1000 * seconds / patches, "ms_min": None, "ms_max": None,
                    "rate": patches / seconds, "unit": "cells/s", "sets": 1})

    # Training

    def trainer(self, precision, last, graph):
        set_tf32(precision == "tf32")
        net = Net(last)
        net.load_state_dict(self.state, strict=True)
        net = net.to(self.device)
        if last:
            net = net.to(memory_format=torch.channels_last)
        extra = {"fused": True, "capturable": graph} if self.cuda else {}
        adam = torch.optim.Adam(net.parameters(), lr=RATE, **extra)
        return net, adam

    def autocast(self, precision):
        if precision == "bf16":
            # Weights change between steps and graphs keep what they read: no cache of casts.
            return torch.autocast(self.device.type, torch.bfloat16, cache_enabled=False)
        return contextlib.nullcontext()

    def step(self, precision, net, adam, loss, x):
        adam.zero_grad(set_to_none=True)
        with self.autocast(precision):
            value = loss(x)
        value.backward()
        adam.step()
        return value

    def train(self, batch):
        sets = min(8, self.options.pool // batch)
        x = self.images.split(batch)
        for precision in self.options.precisions:
            for last in (True, False):
                form = "channels_last" if last else "eager"
                with torch.enable_grad():
                    net, adam = self.trainer(precision, last, False)
                    call = lambda i: self.step(precision, net, adam, net.loss, x[i])
                    self.row("train-step", precision, form, batch, call, sets, "steps/s", count=1)
                    if self.cuda:
                        net, adam = self.trainer(precision, last, True)
                        call = lambda i: self.step(precision, net, adam, net.loss, x[i])
                        self.row("train-step", precision, form + ", graph", batch,
                                 self.captured(call, sets), sets, "steps/s", count=1)

    def compile_train(self, batch):
        sets = min(8, self.options.pool // batch)
        x = self.images.split(batch)
        for precision in self.options.precisions:
            with torch.enable_grad():
                net, adam = self.trainer(precision, True, True)
                # max-autotune takes minutes to compile a backward pass, of convolutions that cuDNN runs.
                loss = self.compiled(net.loss, "default")
                call = lambda i: self.step(precision, net, adam, loss, x[i])
                self.row("train-step", precision, "compile", batch, call, sets, "steps/s", count=1)
                if self.cuda:
                    self.row("train-step", precision, "compile, graph", batch,
                             self.captured(call, sets), sets, "steps/s", count=1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, metavar="FILE",
                        help="JSON, written after each section")
    parser.add_argument("--weights", metavar="FILE",
                        help="model.safetensors of a conv4 model; default: random")
    parser.add_argument("--inputs", metavar="FILE",
                        help="safetensors: codes, changed; the effects of one for the other are written")
    parser.add_argument("--seconds", type=float, help="budget; default 150, with --quick 60")
    parser.add_argument("--quick", action="store_true",
                        help="shorter windows, fewer batch sizes")
    parser.add_argument("--no-compile", dest="compile", action="store_false",
                        help="without torch.compile")
    parser.add_argument("--sections", type=lambda t: t.split(","), default=[], metavar="NAME,...",
                        help="only the sections whose names begin so")
    parser.add_argument("--precisions", type=lambda t: t.split(","), default=PRECISIONS,
                        metavar="NAME,...", help="of training and compiled forms; default all three")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cuda", help="cuda, or cpu to try the script")
    parser.add_argument("--pool", type=int, default=8192, help="distinct inputs")
    options = parser.parse_args()
    if options.seconds is None:
        options.seconds = 60.0 if options.quick else 150.0
    if options.device.startswith("cuda") and not torch.cuda.is_available():
        print("torch_vae: no CUDA device that PyTorch sees", file=sys.stderr)
        return 69
    warnings.simplefilter("ignore")
    torch.backends.cudnn.benchmark = True
    if options.compile:
        from torch import _dynamo

        for name in ("recompile_limit", "cache_size_limit"):
            with contextlib.suppress(Exception):
                setattr(_dynamo.config, name, 64)
    Bench(options).run()
    # Compilers' workers are not waited for.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
