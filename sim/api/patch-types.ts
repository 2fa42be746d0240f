import type { Resource } from '../resources.ts';
import { applyJsonPatch, applyMergePatch, applyStrategicPatch } from './patch.ts';
import { unsupportedMediaType } from './status.ts';

export type Patcher = (target: unknown, patch: unknown) => unknown;

export function patcherFor(resource: Resource, contentType: string): Patcher {
  const patcher = PATCHERS[mediaType(contentType)];
  const accepted = acceptedTypes(resource, undefined);
  if (patcher === undefined || !accepted.includes(mediaType(contentType))) throw unsupportedMediaType(accepted);
  return patcher;
}

export const APPLY_TYPE = 'application/apply-patch+yaml';
const STRATEGIC_TYPE = 'application/strategic-merge-patch+json';
const PATCHERS: Readonly<Record<string, Patcher>> = {
  'application/json-patch+json': applyJsonPatch,
  'application/merge-patch+json': applyMergePatch,
  [STRATEGIC_TYPE]: applyStrategicPatch,
};

export function acceptedTypes({ custom }: Resource, subresource: string | undefined): readonly string[] {
  const patches = Object.keys(PATCHERS).filter((type) => type !== STRATEGIC_TYPE || !custom);
  return subresource === undefined ? [...patches, APPLY_TYPE] : patches;
}

export function mediaType(contentType: string): string {
  return contentType.split(';')[0]?.trim().toLowerCase() ?? '';
}
