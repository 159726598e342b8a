using System;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

// Every declaration is blittable; with this, one that is not does not compile.
[assembly: DisableRuntimeMarshalling]

namespace Memtier.Interop;

/// <summary>
/// Finds libmemtier: the copy beside the assembly or in its package first, then the one that is
/// installed (<c>libmemtier.so.1</c>, which needs no development package).
/// </summary>
internal static class Library
{
    private const string Name = "memtier";

#pragma warning disable CA2255 // It must be set before the first call, whoever makes that.
    [ModuleInitializer]
    internal static void Register() =>
        NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, Resolve);
#pragma warning restore CA2255

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Name)
        {
            return IntPtr.Zero;
        }
        if (!NativeLibrary.TryLoad(Name, assembly, path, out IntPtr library) &&
            !NativeLibrary.TryLoad("libmemtier.so." + Native.MEMTIER_VERSION_MAJOR, out library))
        {
            return IntPtr.Zero; // The runtime's own message says where it looked.
        }
        CheckVersion(library);
        return library;
    }

    private static unsafe void CheckVersion(IntPtr library)
    {
        var major = (delegate* unmanaged[Cdecl]<int>)NativeLibrary.GetExport(library, "memtier_version_major");
        var minor = (delegate* unmanaged[Cdecl]<int>)NativeLibrary.GetExport(library, "memtier_version_minor");
        if (major() != Native.MEMTIER_VERSION_MAJOR || minor() < Native.MEMTIER_VERSION_MINOR)
        {
            throw new DllNotFoundException(
                $"memtier {Native.MEMTIER_VERSION_MAJOR}.{Native.MEMTIER_VERSION_MINOR} is needed, " +
                $"{major()}.{minor()} was found");
        }
    }
}
