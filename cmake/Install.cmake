# make install: library, header, pkg-config, CMake package, tool, man page, shell completion.
include(CMakePackageConfigHelpers)

install(TARGETS memtier EXPORT memtierTargets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library
        NAMELINK_COMPONENT dev
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${PROJECT_SOURCE_DIR}/include/memtier.h
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev)

configure_file(${PROJECT_SOURCE_DIR}/pkgconfig/memtier.pc.in ${PROJECT_BINARY_DIR}/memtier.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/memtier.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)

set(memtier_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/memtier)
install(EXPORT memtierTargets NAMESPACE memtier:: DESTINATION ${memtier_cmake_dir} COMPONENT dev)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/memtierConfig.cmake.in
  ${PROJECT_BINARY_DIR}/memtierConfig.cmake INSTALL_DESTINATION ${memtier_cmake_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/memtierConfigVersion.cmake
  VERSION ${PROJECT_VERSION} COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/memtierConfig.cmake
              ${PROJECT_BINARY_DIR}/memtierConfigVersion.cmake
        DESTINATION ${memtier_cmake_dir} COMPONENT dev)
