# A peer of the bench: python3-thrift, accelerated, without garbage collection. python-thrift.py FILE RUNS GENERATED
import gc, json, resource, sys, time

file, runs, generated = sys.argv[1:4]
sys.path.insert(0, generated + "/gen-py")
from snapshot import ttypes
from thrift.protocol.TBinaryProtocol import TBinaryProtocolAcceleratedFactory
from thrift.transport.TTransport import TMemoryBuffer

# Elements of sets are structs, which the generated code cannot hash.
for made in vars(ttypes).values():
    if isinstance(made, type):
        made.__hash__ = object.__hash__

gc.disable()
ms, tasks = [], 0
for _ in range(int(runs)):
    start = time.monotonic()
    snapshot = ttypes.Snapshot()
    with open(file, "rb") as opened:
        snapshot.read(TBinaryProtocolAcceleratedFactory().getProtocol(TMemoryBuffer(opened.read())))
    tasks = len(snapshot.tasks)
    ms.append((time.monotonic() - start) * 1000)
    del snapshot
print(json.dumps({"ms": ms, "tasks": tasks, "rssMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}))
