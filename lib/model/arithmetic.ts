import type { Environment } from '@marcbachmann/cel-js';

/** Numbers of properties and traits are doubles; people write whole numbers beside them. */
export function allowMixedNumbers(environment: Environment): void {
  const sums: { readonly [operator: string]: (a: number, b: number) => number } = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
  };
  for (const [operator, of] of Object.entries(sums)) {
    environment.registerOperator(`double ${operator} int: double`, (a, b) => of(a, Number(b)));
    environment.registerOperator(`int ${operator} double: double`, (a, b) => of(Number(a), b));
  }
}
