package io.sallyport.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** Walks a typed model and fails on fields that it does not name, which it keeps as additional properties. */
final class Additions {
    private Additions() {}

    static void none(Object model) {
        try {
            walk(model);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private static void walk(Object model) throws ReflectiveOperationException {
        switch (model) {
            case Collection<?> items -> {
                for (Object item : items) {
                    walk(item);
                }
            }
            case Map<?, ?> map -> {
                for (Object value : map.values()) {
                    walk(value);
                }
            }
            default -> {
                if (model.getClass().getPackageName().startsWith("io.fabric8")) {
                    fields(model);
                }
            }
        }
    }

    private static void fields(Object model) throws ReflectiveOperationException {
        for (Method method : model.getClass().getMethods()) {
            if (method.getParameterCount() > 0 || !method.getName().startsWith("get")) {
                continue;
            }
            if (method.getName().equals("getAdditionalProperties")) {
                assertThat((Map<?, ?>) method.invoke(model))
                        .as("unknown fields of %s", model.getClass().getSimpleName())
                        .isEmpty();
            } else if (!method.getName().equals("getClass")) {
                Optional<Object> value = Optional.ofNullable(method.invoke(model));
                if (value.isPresent()) {
                    walk(value.get());
                }
            }
        }
    }
}
