/** Last step of `npm run build`: what the compiler leaves behind goes beside the program that uses it. */
import { cp } from 'node:fs/promises';

for (const asset of ['src/local-slack/page', 'src/drill/namespaces/namespace-host.sh']) {
  await cp(asset, `dist/${asset}`, { recursive: true });
}
