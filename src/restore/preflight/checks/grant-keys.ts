import { type Check, refuse, warn } from '../finding.ts';

/** A host that trusts another key refuses the first operation, when its neighbours have been stopped already. */
export const grantKeys: Check = {
  name: 'grant keys',
  code: 'host-unfit',
  find: ({ hosts, grantKey }) =>
    hosts.flatMap(({ host, status }) => {
      const trusted = status.grants?.trustedKeys;
      if (grantKey === undefined) return [];
      if (trusted === undefined) {
        return [
          warn(
            'the agent does not tell which grant keys it trusts.',
            'Upgrade it, or compare trust.publicKeys with what "aurora-chatops config public-key" prints.',
            { host },
          ),
        ];
      }
      if (trusted.includes(grantKey)) return [];
      return [
        refuse(
          "the agent does not trust the bot's grant key, and would refuse every operation.",
          'Put what "aurora-chatops config public-key" prints into trust.publicKeys there, and start the agent again.',
          { host },
        ),
      ];
    }),
  passes: ({ grantKey }) =>
    grantKey === undefined ? 'Nobody has compared them.' : "All agents trust the bot's grant key.",
};
