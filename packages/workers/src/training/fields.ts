/** Columns that the episodes of a training run have beside their figures. */
export const TRAINING_FIELDS = ['trainingIteration', 'policyVersion'] as const;

export function isTrainingField(name: string): boolean {
  return (TRAINING_FIELDS as readonly string[]).includes(name);
}
