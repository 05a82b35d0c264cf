/** On every answer that the relay passes on from the scheduler; without it, it is the agent who speaks. */
export const relayedHeader = 'aurora-agent-relayed';
