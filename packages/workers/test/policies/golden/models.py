"""Writes the ONNX files of the tests, and what onnxruntime makes of them in Python.

    python -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python models.py

Made with Python 3.11, numpy 2.4.6, onnx 1.23.2, onnxruntime 1.30.0. Weights are drawn at a fixed seed. `outputs.json` holds,
for each sound model, observations of some steps and rows, and the outputs of each step; recurrent states start at zero and
are carried from step to step.
"""

import json
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).parent
STEPS, ROWS = 4, 3
rng = np.random.default_rng(20260101)


def constant(name, values, dtype=np.float32):
    return numpy_helper.from_array(np.asarray(values, dtype), name)


def weights(name, *shape):
    return constant(name, rng.standard_normal(shape) / np.sqrt(shape[-2] if len(shape) > 1 else 1))


def value(name, shape, kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def write(name, nodes, inputs, outputs, constants):
    graph = helper.make_graph(nodes, name, inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, HERE / f"{name}.onnx")


def dense(source, target, inputs, outputs, tanh=True):
    """A layer: its nodes and its weights."""
    w, b = f"{target}_w", f"{target}_b"
    constants = [weights(w, inputs, outputs), constant(b, 0.1 * rng.standard_normal(outputs))]
    if not tanh:
        return [helper.make_node("Gemm", [source, w, b], [target])], constants
    nodes = [helper.make_node("Gemm", [source, w, b], [f"{target}_z"]), helper.make_node("Tanh", [f"{target}_z"], [target])]
    return nodes, constants


def mlp(source, target, sizes):
    nodes, constants = [], []
    for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
        is_last = i == len(sizes) - 2
        n, c = dense(source, target if is_last else f"{target}_{i}", a, b, tanh=not is_last)
        nodes, constants, source = nodes + n, constants + c, f"{target}_{i}"
    return nodes, constants


def observation(n, batch="batch", name="observation"):
    return value(name, [batch, n])


def feed_forward():
    nodes, constants = mlp("observation", "logits", [5, 16, 16, 3])
    write("discrete", nodes, [observation(5)], [value("logits", ["batch", 3])], constants)

    nodes, constants = mlp("obs", "logits", [6, 16, 6])
    write("multi-discrete", nodes, [observation(6, name="obs")], [value("logits", ["batch", 6])], constants)

    nodes, constants = mlp("features", "mean", [6, 16, 2])
    nodes.append(helper.make_node("Identity", ["deviations"], ["log_std"]))
    constants.append(constant("deviations", [-1.0, -2.0]))
    outputs = [value("mean", ["batch", 2]), value("log_std", [2])]
    write("box", nodes, [observation(6, name="features")], outputs, constants)

    nodes, constants = mlp("observation", "scores", [5, 16, 3])
    nodes.append(helper.make_node("ArgMax", ["scores"], ["action"], axis=1, keepdims=0))
    write("action", nodes, [observation(5)], [value("action", ["batch"], TensorProto.INT64)], constants)


def recurrent():
    hidden = 8
    constants = [weights("W", 1, 3 * hidden, 5), weights("R", 1, 3 * hidden, hidden), constant("time", [0], np.int64)]
    nodes = [
        helper.make_node("Unsqueeze", ["observation", "time"], ["sequence"]),
        helper.make_node("GRU", ["sequence", "W", "R", "", "", "h_in"], ["", "h_out"], hidden_size=hidden),
        helper.make_node("Squeeze", ["h_out", "time"], ["hidden"]),
    ]
    n, c = mlp("hidden", "logits", [hidden, 3])
    state = [1, "batch", hidden]
    outputs = [value("logits", ["batch", 3]), value("h_out", state)]
    write("gru", nodes + n, [observation(5), value("h_in", state)], outputs, constants + c)

    constants = [weights("W", 1, 4 * hidden, 5), weights("R", 1, 4 * hidden, hidden), constant("time", [0], np.int64)]
    nodes = [
        helper.make_node("Unsqueeze", ["observation", "time"], ["sequence"]),
        helper.make_node("Unsqueeze", ["state_in_h", "time"], ["h"]),
        helper.make_node("Unsqueeze", ["state_in_c", "time"], ["c"]),
        helper.make_node("LSTM", ["sequence", "W", "R", "", "", "h", "c"], ["", "h_next", "c_next"], hidden_size=hidden),
        helper.make_node("Squeeze", ["h_next", "time"], ["state_out_h"]),
        helper.make_node("Squeeze", ["c_next", "time"], ["state_out_c"]),
    ]
    n, c = mlp("state_out_h", "logits", [hidden, 3])
    states = [value(f"state_in_{x}", ["batch", hidden]) for x in "hc"]
    outputs = [value("logits", ["batch", 3])] + [value(f"state_out_{x}", ["batch", hidden]) for x in "hc"]
    write("lstm", nodes + n, [observation(5), *states], outputs, constants + c)


def wrong():
    nodes, constants = mlp("observation", "logits", [5, 3])
    logits = value("logits", ["batch", 3])
    write("fixed-batch", nodes, [observation(5, 1)], [value("logits", [1, 3])], constants)
    write("two-inputs", nodes, [observation(5), observation(5, name="mask")], [logits], constants)
    extra = [helper.make_node("ReduceMean", ["observation"], ["value"], axes=[1], keepdims=0)]
    write("extra-output", nodes + extra, [observation(5)], [logits, value("value", ["batch"])], constants)
    scores, c = mlp("observation", "scores", [5, 3])
    write("no-head", scores, [observation(5)], [value("scores", ["batch", 3])], c)
    state = value("h_in", ["batch", 3])
    added = [helper.make_node("Add", ["scores", "h_in"], ["logits"])]
    write("lost-state", scores + added, [observation(5), state], [logits], c)
    copied = added + [helper.make_node("Concat", ["logits", "logits"], ["h_out"], axis=1)]
    write("grown-state", scores + copied, [observation(5), state], [logits, value("h_out", ["batch", 6])], c)
    orphan = [helper.make_node("Identity", ["logits"], ["h_out"])]
    write("orphan-state", nodes + orphan, [observation(5)], [logits, value("h_out", ["batch", 3])], constants)

    centred = [
        helper.make_node("ReduceMean", ["scores"], ["level"], axes=[0], keepdims=1),
        helper.make_node("Sub", ["scores", "level"], ["logits"]),
    ]
    write("rows-mixed", scores + centred, [observation(5)], [logits], c)
    noisy = [
        helper.make_node("RandomNormalLike", ["scores"], ["noise"]),
        helper.make_node("Add", ["scores", "noise"], ["logits"]),
    ]
    write("noisy", scores + noisy, [observation(5)], [logits], c)
    # The logarithm of a number that is negative sooner or later.
    shifted = [
        helper.make_node("Gemm", ["observation", "only_w", "only_b"], ["last"]),
        helper.make_node("Log", ["last"], ["logarithm"]),
        helper.make_node("Add", ["scores", "logarithm"], ["logits"]),
    ]
    last = [constant("only_w", [[0.4], [0], [0], [0], [0]]), constant("only_b", [1.0])]
    write("nan", scores + shifted, [observation(5)], [logits], c + last)

    # Its weights are in a file of their own, which is not there.
    nodes, constants = mlp("observation", "logits", [5, 3])
    write("split", nodes, [observation(5)], [logits], constants)
    split = onnx.load(HERE / "split.onnx")
    onnx.save_model(split, HERE / "split.onnx", save_as_external_data=True, location="split.data", size_threshold=0)
    (HERE / "split.data").unlink()


def golden(name):
    session = onnxruntime.InferenceSession(HERE / f"{name}.onnx", providers=["CPUExecutionProvider"])
    first, *states = session.get_inputs()
    observations = rng.standard_normal((STEPS, ROWS, first.shape[1])).astype(np.float32)
    carried = {s.name: np.zeros([ROWS if isinstance(d, str) else d for d in s.shape], np.float32) for s in states}
    names = [output.name for output in session.get_outputs()]
    steps = []
    for step in observations:
        outputs = dict(zip(names, session.run(names, {first.name: step, **carried})))
        carried = {s: outputs[s.replace("_in", "_out")] for s in carried}
        steps.append({k: v.tolist() for k, v in outputs.items() if "_out" not in k})
    return {"observations": observations.tolist(), "outputs": steps}


feed_forward()
recurrent()
wrong()
names = ["discrete", "multi-discrete", "box", "action", "gru", "lstm"]
text = json.dumps({name: golden(name) for name in names})
(HERE / "outputs.json").write_text(text + "\n")
