import type { Clock } from '../../aurora/clock.ts';
import type { Procedure } from '../../aurora/cluster.ts';
import type { HostKind } from '../hosts/drill-hosts.ts';
import type { SigningKind } from '../signing/key-ring.ts';
import type { ConfigOverrides } from './config-files.ts';

/** What somebody decides who starts a drill. */
export interface WorldOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly seed: string;
  /** 0 takes a free one. */
  readonly slackPort: number;
  readonly delivery: 'socket' | 'http';
  /** What the hosts are; processes of this machine when absent. */
  readonly hosts?: HostKind | undefined;
  /** Whether people sign with keys of their own, and hosts require it; `none` when absent. A drill that is taken up keeps its own. */
  readonly signing?: SigningKind | undefined;
  /** The release of Aurora that the pretend hosts run; 0.22.0 when absent. A drill that is taken up keeps its own. */
  readonly auroraVersion?: string | undefined;
  /** What the bot is configured to restore with; its standard one when absent. */
  readonly procedure?: Procedure | undefined;
  /** Whether the schedulers of a new drill have lost their log, so that none of them can lead; they are healthy when absent. */
  readonly lostLogs?: boolean | undefined;
  /** What the bot's configuration says otherwise than a drill's usual one. */
  readonly overrides?: ConfigOverrides | undefined;
  /** What the Node that runs the bot and the agents is given besides, such as a module that kills them. */
  readonly nodeArguments?: readonly string[] | undefined;
  /** One sentence a step, for whoever waits. */
  readonly say: (text: string) => void;
}
