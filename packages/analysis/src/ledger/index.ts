export { entryOf, type LedgerEntry, type TrialMade } from './entry.ts';
export { appendToLedger, type Ledger, readLedger } from './file.ts';
export { type History, historyOf, isOneHistory, returnsOf, type StepReturns, storedReturns } from './history.ts';
export { type HistoryVerdict, historyVerdict, recordRun, type VerdictInput, verdictOf } from './verdict.ts';
