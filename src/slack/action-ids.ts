/**
 * Names of everything that can be pressed or submitted. A test compares them with the listeners that are registered,
 * so a button without a listener cannot be shipped.
 */
export const actionIds = {
  approveStop: 'approve-stop',
  declineStop: 'decline-stop',
  whoCanApprove: 'who-can-approve',
  fullPlan: 'full-plan',
  signOffCommit: 'sign-off-commit',
  declineCommit: 'decline-commit',
  commit: 'commit',
  leaveOut: 'leave-out',
  abort: 'abort',
  pause: 'pause',
  resume: 'resume',
  abandon: 'abandon',
  letReconcile: 'let-reconcile',
  goBack: 'go-back',
  returnToOld: 'return-to-old',
  declineGoBack: 'decline-go-back',
  moreTime: 'more-time',
  lookAgain: 'look-again',
  report: 'report',
  startRestore: 'start-restore',
  showAllBackups: 'show-all-backups',
  chooseCluster: 'choose-cluster',
} as const;

export const viewIds = {
  approve: 'approve',
  decline: 'decline',
  commit: 'commit',
  leaveOut: 'leave-out',
  abort: 'abort',
  pause: 'pause',
  abandon: 'abandon',
  goBack: 'go-back',
  returnToOld: 'return-to-old',
  proposeRestore: 'propose-restore',
} as const;

/** Fields whose options are asked for while somebody types into them. */
export const optionIds = {
  leaveOutJobs: 'leave-out-jobs',
  leaveOutTasks: 'leave-out-tasks',
} as const;

export type ActionId = (typeof actionIds)[keyof typeof actionIds];
export type ViewId = (typeof viewIds)[keyof typeof viewIds];
export type OptionId = (typeof optionIds)[keyof typeof optionIds];
