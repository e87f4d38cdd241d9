export { writeReport } from './report.ts';
