# SPDX-License-Identifier: GPL-3.0-or-later
# Writes what software centers show of the plug-in to the file METAINFO. Where the project has a web
# address, they show it and the help that lies there. As a script too:
#
#     cmake -DMETAINFO=FILE -DMANIERA_HOMEPAGE=ADDRESS -P install/cmake/metainfo.cmake
set(MANIERA_HOMEPAGE "" CACHE STRING "Web address of the project, with the plug-in's folder help; empty = none")

set(urls "")
if(MANIERA_HOMEPAGE)
  string(CONCAT urls "  <url type=\"homepage\">${MANIERA_HOMEPAGE}</url>\n"
                     "  <url type=\"help\">${MANIERA_HOMEPAGE}/help/en/index.html</url>\n")
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/../packaging/org.gimp.GIMP.Plugin.Maniera.metainfo.xml.in
               ${METAINFO} @ONLY)
