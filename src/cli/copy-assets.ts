/** Last step of `npm run build`: what the compiler leaves behind goes beside the program that uses it. */
import { cp } from 'node:fs/promises';

const assets = [
  'src/agent/prove/prove-alone.sh',
  'src/local-slack/page',
  'src/sign-page/page',
  'src/drill/namespaces/namespace-host.sh',
  'src/drill/prove/misleading',
  'src/pretend-aurora/programs/hostctl-look.sh',
];
for (const asset of assets) {
  await cp(asset, `dist/${asset}`, { recursive: true });
}
