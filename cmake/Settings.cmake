# What every target of memtier is compiled with.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 99)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

find_program(MEMTIER_CCACHE ccache)
if(MEMTIER_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER ${MEMTIER_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${MEMTIER_CCACHE})
endif()

add_library(memtier_settings INTERFACE)
target_compile_options(memtier_settings INTERFACE -Wall -Wextra -Wpedantic -Wshadow
                       $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 sees overlaps that are not there in "text" + std::string (its bug 105651).
  target_compile_options(memtier_settings INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>)
endif()
if(MEMTIER_WERROR)
  target_compile_options(memtier_settings INTERFACE -Werror)
endif()
if(MEMTIER_SANITIZE)
  string(REPLACE ";" "," memtier_sanitizers "${MEMTIER_SANITIZE}")
  target_compile_options(memtier_settings INTERFACE -fsanitize=${memtier_sanitizers}
                         -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(memtier_settings INTERFACE -fsanitize=${memtier_sanitizers})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_UNITY_BUILD)
    # Clang calls it shadowing where a file has a name of another that is compiled together with it.
    target_compile_options(memtier_settings INTERFACE -Wno-shadow)
  endif()
endif()
