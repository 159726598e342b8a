# make install: library, header, pkg-config, CMake package, tool, man page, shell completion.
include(CMakePackageConfigHelpers)

install(TARGETS memtier EXPORT memtierTargets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library
        NAMELINK_COMPONENT dev
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${PROJECT_SOURCE_DIR}/include/memtier.h
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev)

# The prefix is where the file lies, so that cmake --install --prefix and moved trees work; folders given
# as absolute paths stay.
if(IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR})
  set(memtier_pc_prefix ${CMAKE_INSTALL_PREFIX})
  set(memtier_pc_libdir ${CMAKE_INSTALL_LIBDIR})
else()
  file(RELATIVE_PATH memtier_pc_up /p/${CMAKE_INSTALL_LIBDIR}/pkgconfig /p)
  string(REGEX REPLACE "/$" "" memtier_pc_up ${memtier_pc_up})
  set(memtier_pc_prefix "\${pcfiledir}/${memtier_pc_up}")
  set(memtier_pc_libdir "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
endif()
if(IS_ABSOLUTE ${CMAKE_INSTALL_INCLUDEDIR})
  set(memtier_pc_includedir ${CMAKE_INSTALL_INCLUDEDIR})
else()
  set(memtier_pc_includedir "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()
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
