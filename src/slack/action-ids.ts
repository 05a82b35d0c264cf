/** Names of what can be pressed or submitted beside the decisions about a restore, which carry their own. */
export const actionIds = {
  lookAtBackupsAgain: 'look-at-backups-again',
  whoCanApprove: 'who-can-approve',
  fullPlan: 'full-plan',
  /** The menu of a card; its value names what was chosen and what it is about. */
  more: 'more',
  report: 'report',
  /** Under the answer to somebody who said to stop; its value is sealed. */
  askAbort: 'ask-abort',
  startRestore: 'start-restore',
  showAllBackups: 'show-all-backups',
  /** On `show` and on alarms; its value is `{cluster, sha256}`. */
  holdBackup: 'backups-hold',
  approveRelease: 'approve-release',
  approveBackupNow: 'approve-backup-now',
  chooseCluster: 'choose-cluster',
  snoozeAlarm: 'snooze-alarm',
  tickOff: 'tick-off',
  /** Leads elsewhere by its address; Slack tells us all the same. */
  openSignPage: 'open-sign-page',
} as const;

export const viewIds = {
  proposeRestore: 'propose-restore',
  snoozeAlarm: 'snooze-alarm',
  tickOff: 'tick-off',
} as const;

/** What can be done with a message, by "More actions" on it. */
export const shortcutIds = { markImportant: 'mark-important' } as const;

/** Fields whose options are asked for while somebody types into them. */
export const optionIds = {
  leaveOutJobs: 'leave-out-jobs',
  leaveOutTasks: 'leave-out-tasks',
} as const;
