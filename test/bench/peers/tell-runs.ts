/** Does the work as often as the arguments say, and prints a line of JSON: how long each took, what was found, the memory at most. */
export async function tellRuns(work: (file: string) => Promise<number | null>): Promise<void> {
  const [file = '', runs = '1'] = process.argv.slice(2);
  const ms: number[] = [];
  let tasks: number | null = null;
  for (let run = 0; run < Number(runs); run += 1) {
    const start = performance.now();
    tasks = await work(file);
    ms.push(performance.now() - start);
  }
  const rssMb = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stdout.write(`${JSON.stringify({ ms, tasks, rssMb })}\n`);
}
