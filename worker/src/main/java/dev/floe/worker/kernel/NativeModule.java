package dev.floe.worker.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.List;

/**
 * A TorchScript module whose methods are called with tensors, numbers and lists.
 *
 * <p>DJL's public call with such arguments switches gradients off, and its call that keeps them
 * takes nothing but tensors. Both end in one native method, which this class calls itself.
 */
final class NativeModule {
  private static final MethodHandle RUN;
  private static final MethodHandle WRAP;

  static {
    try {
      Class<?> library = Class.forName("ai.djl.pytorch.jni.PyTorchLibrary");
      MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(library, MethodHandles.lookup());
      RUN =
          lookup
              .findVirtual(
                  library,
                  "moduleRunMethod",
                  MethodType.methodType(
                      long.class,
                      long.class,
                      String.class,
                      long[].class,
                      boolean.class,
                      boolean.class))
              .bindTo(lookup.findStaticVarHandle(library, "LIB", library).get());
      WRAP = lookup.findConstructor(IValue.class, MethodType.methodType(void.class, long.class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final PtSymbolBlock block;

  private NativeModule(PtSymbolBlock block) {
    this.block = block;
  }

  /** Loads an archive made by {@link KernelArchive}; the module lives as long as its owner. */
  static NativeModule load(NDManager owner, byte[] archive) {
    try {
      return new NativeModule(
          JniUtils.loadModule(
              (PtNDManager) owner, new ByteArrayInputStream(archive), false, false));
    } catch (IOException e) {
      throw new IllegalStateException("libtorch could not load the kernel library", e);
    }
  }

  /**
   * Calls a method that returns one tensor, under the thread's {@link GradMode}.
   *
   * @param scope owner of the result
   * @param arguments tensors, integers, doubles, booleans or strings; lists of tensors; arrays of
   *     integers, longs, doubles or strings
   */
  NDArray call(NDManager scope, String method, Object... arguments) {
    try (IValue result = run(method, arguments)) {
      return result.toTensor((PtNDManager) scope);
    }
  }

  /** Calls a method that returns two tensors. */
  NDArray[] callForPair(NDManager scope, String method, Object... arguments) {
    try (IValue result = run(method, arguments)) {
      IValue[] parts = result.toIValueTuple();
      NDArray[] pair = new NDArray[parts.length];
      for (int i = 0; i < parts.length; i++) {
        pair[i] = parts[i].toTensor((PtNDManager) scope);
        parts[i].close();
      }
      return pair;
    }
  }

  private IValue run(String method, Object[] arguments) {
    IValue[] values = new IValue[arguments.length];
    try {
      long[] handles = new long[arguments.length];
      for (int i = 0; i < arguments.length; i++) {
        values[i] = toValue(arguments[i]);
        handles[i] = values[i].getHandle();
      }
      long result = (long) RUN.invokeExact((long) block.getHandle(), method, handles, true, false);
      return (IValue) WRAP.invokeExact(result);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("kernel " + method + " could not be called", e);
    } finally {
      for (IValue value : values) {
        if (value != null) {
          value.close();
        }
      }
    }
  }

  private static IValue toValue(Object argument) {
    if (argument instanceof PtNDArray tensor) {
      return IValue.from(tensor);
    }
    if (argument instanceof Integer number) {
      return IValue.from((long) number);
    }
    if (argument instanceof Double number) {
      return IValue.from((double) number);
    }
    if (argument instanceof Boolean flag) {
      return IValue.from((boolean) flag);
    }
    if (argument instanceof String text) {
      return IValue.from(text);
    }
    if (argument instanceof int[] numbers) {
      return IValue.listFrom(Arrays.stream(numbers).asLongStream().toArray());
    }
    if (argument instanceof long[] numbers) {
      return IValue.listFrom(numbers);
    }
    if (argument instanceof double[] numbers) {
      return IValue.listFrom(numbers);
    }
    if (argument instanceof String[] texts) {
      return texts(texts);
    }
    if (argument instanceof List<?> tensors) {
      return IValue.listFrom(tensors.toArray(PtNDArray[]::new));
    }
    throw new IllegalArgumentException("a kernel takes no " + argument.getClass());
  }

  private static IValue texts(String[] texts) {
    IValue[] values = Arrays.stream(texts).map(IValue::from).toArray(IValue[]::new);
    try {
      return IValue.listFrom(values);
    } finally {
      for (IValue value : values) {
        value.close();
      }
    }
  }
}
