import { readdirSync, readFileSync } from 'node:fs';
import { type OracleModel, oracleModel } from '#test/oracle/model';

/** The shipped model as the oracle reads it, from its files. */
export function shippedForOracle(): OracleModel {
  const programs = readdirSync('model/programs').map((name) => `programs/${name}`);
  const names = ['scoring.yaml', 'stages.yaml', 'routing.yaml', ...programs];
  return oracleModel(Object.fromEntries(names.map((name) => [name, readFileSync(`model/${name}`, 'utf8')])));
}
