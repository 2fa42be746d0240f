import type { Requirement } from '../objects.ts';

/** Whether a node with this value of the requirement's label, or without the label, satisfies it. */
export function satisfies({ operator, values = [] }: Requirement, value: string | undefined): boolean {
  const [bound] = values;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(bound);
    case 'Gte':
      return value !== undefined && Number(value) >= Number(bound);
    case 'Lt':
      return value !== undefined && Number(value) < Number(bound);
    case 'Lte':
      return value !== undefined && Number(value) <= Number(bound);
    default:
      throw new RangeError(`a requirement's operator is In, NotIn, Exists, DoesNotExist, Gt, Gte, Lt or Lte, got ${operator}`);
  }
}

/** As Karpenter writes requirements into its messages, in the order of their keys. */
export function renderRequirements(requirements: readonly Requirement[]): string {
  return requirements.map(renderRequirement).sort().join(', ');
}

export function renderRequirement({ key, operator, values = [] }: Requirement): string {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return `${key} ${operator} [${[...values].sort().join(' ')}]`;
    case 'Exists':
    case 'DoesNotExist':
      return `${key} ${operator}`;
    default:
      return `${key} ${operator} ${values[0] ?? ''}`;
  }
}
