import type { AgentConfig } from '../config.ts';
import { bashArrayGrammar } from './bash-array.ts';
import type { FlagGrammar } from './flag-grammar.ts';
import { flagLinesGrammar } from './flag-lines.ts';
import { shellVariablesGrammar } from './shell-variables.ts';
import { systemdDropInGrammar } from './systemd-drop-in.ts';

/** How this host's flags are written, as configured. */
export function flagGrammarOf(config: AgentConfig['drivers']['flags']): FlagGrammar {
  switch (config.kind) {
    case 'flag-file':
      return flagLinesGrammar;
    case 'shell-variables':
      return shellVariablesGrammar(config);
    case 'bash-array':
      return bashArrayGrammar(config);
    case 'systemd-drop-in':
      return systemdDropInGrammar;
  }
}
