export { Account } from './account.ts';
export { type OrderDecision, Portfolio } from './portfolio.ts';
