import { commandFields } from '../dimse/messages.ts'
import { type FindHandler, findProvider } from './find.ts'
import type { ServiceProvider, ServiceProviders } from './service-provider.ts'
import { type StoreHandler, storeProvider } from './storage.ts'
import { type EchoHandler, echoProvider } from './verification.ts'

/** What this side does for the peer; an operation without handler is answered as unrecognized. */
export interface Handlers {
  readonly echo?: EchoHandler | undefined
  readonly store?: StoreHandler | undefined
  readonly find?: FindHandler | undefined
  /** Further services by Command Field of their request; they go before the others. */
  readonly providers?: ServiceProviders | undefined
}

/** The dispatch table: one row per service. */
export function providersOf(handlers: Handlers): ServiceProviders {
  const providers = new Map<number, ServiceProvider>()
  if (handlers.echo) providers.set(commandFields.cEcho, echoProvider(handlers.echo))
  if (handlers.store) providers.set(commandFields.cStore, storeProvider(handlers.store))
  if (handlers.find) providers.set(commandFields.cFind, findProvider(handlers.find))
  for (const [commandField, provider] of handlers.providers ?? []) providers.set(commandField, provider)
  return providers
}
