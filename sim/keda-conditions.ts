import type { Condition } from './objects.ts';

/** The conditions that KEDA 2.20 writes into a ScaledObject's status, word for word. */
export function condition(type: string, status: Condition['status'], reason: string, message: string): Condition {
  return { message, reason, status, type };
}

export const READY = condition('Ready', 'True', 'ScaledObjectReady', 'ScaledObject is defined correctly and is ready for scaling');
export const UNKNOWN_ACTIVE = condition('Active', 'Unknown', 'UnknownState', 'ScaledObject check failed');
export const SCALER_ACTIVE = condition('Active', 'True', 'ScalerActive', 'Scaling is performed because triggers are active');
export const SCALER_INACTIVE = condition('Active', 'False', 'ScalerNotActive', 'Scaling is not performed because triggers are not active');
export const SCALER_COOLING = condition('Active', 'False', 'ScalerCooldown', 'Scaler cooling down because triggers are not active');
export const NO_FALLBACK = condition('Fallback', 'False', 'NoFallbackFound', 'No fallbacks are active on this scaled object');
