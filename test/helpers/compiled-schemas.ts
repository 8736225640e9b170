import { AjvCompiler } from "@fastify/ajv-compiler";
import { SerializerSelector } from "@fastify/fast-json-stringify-compiler";

/** For `schemaController` of Fastify: all apps of a process compile a schema once. */
export const COMPILED_SCHEMAS = {
  compilersFactory: { buildValidator: AjvCompiler(), buildSerializer: keepSerializers() },
};

function keepSerializers(): ReturnType<typeof SerializerSelector> {
  const select = SerializerSelector();
  const kept = new WeakMap<object, ReturnType<ReturnType<typeof select>>>();
  return (externalSchemas, options) => {
    const compile = select(externalSchemas, options);
    return (route) => {
      const schema = route.schema as object;
      const serialize = kept.get(schema) ?? compile(route);
      kept.set(schema, serialize);
      return serialize;
    };
  };
}
