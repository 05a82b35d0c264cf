import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { normalPath } from '../aurora/paths.ts';

/** A path of the configuration, in its plainest form. */
export const absolutePath = z
  .string()
  .max(1_000)
  .refine((path) => isAbsolute(path) && !path.includes('\0'), 'must be an absolute path')
  .transform(normalPath);
