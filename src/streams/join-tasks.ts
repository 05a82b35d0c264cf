interface WithTaskId {
  readonly taskId: string;
}

/** All tasks of one id in two lists, each in the order in which it came. */
interface Joined<L, R> {
  readonly taskId: string;
  readonly left: readonly L[];
  readonly right: readonly R[];
}

/**
 * Two lists that are both in order of task id, id by id; one of them is never read further ahead than one id. Throws Error
 * when one is not in order: what came of it would be wrong.
 */
export async function* joinTasks<L extends WithTaskId, R extends WithTaskId>(
  left: AsyncIterable<L> | Iterable<L>,
  right: AsyncIterable<R> | Iterable<R>,
): AsyncGenerator<Joined<L, R>> {
  const lefts = groups(left);
  const rights = groups(right);
  try {
    let [one, other] = [await lefts.next(), await rights.next()];
    while (one.done !== true || other.done !== true) {
      const here = one.done === true ? null : one.value;
      const there = other.done === true ? null : other.value;
      const taskId = smaller(here?.taskId, there?.taskId);
      const isHere = here?.taskId === taskId;
      const isThere = there?.taskId === taskId;
      yield { taskId, left: isHere ? here.tasks : [], right: isThere ? there.tasks : [] };
      if (isHere) one = await lefts.next();
      if (isThere) other = await rights.next();
    }
  } finally {
    await Promise.all([lefts.return(undefined), rights.return(undefined)]);
  }
}

function smaller(one: string | undefined, other: string | undefined): string {
  if (one === undefined) return other ?? '';
  return other === undefined || one <= other ? one : other;
}

async function* groups<T extends WithTaskId>(
  tasks: AsyncIterable<T> | Iterable<T>,
): AsyncGenerator<{ readonly taskId: string; readonly tasks: readonly T[] }> {
  let group: T[] = [];
  for await (const task of tasks) {
    const [first] = group;
    if (first === undefined || task.taskId === first.taskId) {
      group.push(task);
      continue;
    }
    if (task.taskId < first.taskId) throw new Error('tasks are not in order of their ids');
    yield { taskId: first.taskId, tasks: group };
    group = [task];
  }
  const [first] = group;
  if (first !== undefined) yield { taskId: first.taskId, tasks: group };
}
