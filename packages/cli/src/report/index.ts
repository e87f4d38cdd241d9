export type { ReportJson } from './files/json.ts';
export { type ReportOptions, writeReport } from './report.ts';
